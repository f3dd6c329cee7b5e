"""docs/header.schema.json takes what golden files hold, and refuses nothing the reader takes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from acncodec.container.head import Head, pack_head, unpack_head
from acncodec.container.headers import header_from_bytes
from acncodec.errors import FormatError

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "header.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CASES = sorted((ROOT / "tests" / "golden").glob("v*/*.acn"))

Fields = dict[str, Any]
Change = Callable[[Fields], Any]


def head_of(name: str | Path) -> Head:
    """The head of a golden file."""
    data = (ROOT / "tests" / "golden" / name).read_bytes()
    return unpack_head(data[: 18 + int.from_bytes(data[10:14], "little")])


def is_read(head: Head, fields: Fields) -> bool:
    """Whether the reader takes a header of these fields."""
    try:
        header_from_bytes(pack_head(Head(head.version, head.model_id, fields)))
    except FormatError:
        return False
    return True


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_headers_of_golden_files_are_valid(path: Path) -> None:
    head = head_of(path)
    VALIDATOR.validate(head.fields)
    assert is_read(head, head.fields)


def put(*path: str | int, value: object) -> Change:
    """A value in another's place, or where there is none."""

    def change(fields: Fields) -> None:
        place: Any = fields
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


UNIFORM, MIXED = "v3/any-set-two.acn", "v4/keep-iid-mixed.acn"
URN, FORM, TABLE = "v4/any-urn-acn.acn", "v3/keep-iid-rows.acn", "v3/any-set-table.acn"
EQUAL, STORED, SPLITS = "v3/any-set-equal.acn", "v3/keep-none-stored.acn", "v3/any-set-floats.acn"
MUTATIONS: dict[str, tuple[str, Change]] = {
    "a label of nothing": (UNIFORM, put("m", value="")),
    "a label of 256": (UNIFORM, put("p", value="a" * 256)),
    "a label with a line end": (UNIFORM, put("m", value="a\n")),
    "a name with a NUL": (UNIFORM, put("n", value="a\0")),
    "another order": (UNIFORM, put("o", value="set")),
    "another dtype": (UNIFORM, put("d", value="float32")),
    "another layout": (UNIFORM, put("l", value="hwn")),
    "five channels": (EQUAL, put("s", value=[5, 6, 5])),
    "three channels and equal ones": (EQUAL, put("s", value=[3, 6, 5])),
    "a side of 65,536": (UNIFORM, put("s", value=[1, 6, 65_536])),
    "a side of nothing": (UNIFORM, put("s", value=[1, 0, 5])),
    "a shape of two": (UNIFORM, put("s", value=[1, 6])),
    "a shape of four": (UNIFORM, put("s", value=[1, 6, 5, 1])),
    "channels without an axis": (UNIFORM, put("s", value=[3, 6, 5])),
    "equal channels without an axis": (UNIFORM, put("r", value=3)),
    "two equal channels": (EQUAL, put("r", value=2)),
    "one level": (UNIFORM, put("v", value=[7])),
    "a level twice": (UNIFORM, put("v", value=[7, 7])),
    "a level of 65,536": (UNIFORM, put("v", value=[7, 65_536])),
    "65,537 levels": (UNIFORM, put("v", value=65_537)),
    "truths of other levels": (UNIFORM, put("d", value="bool")),
    "a place below 0": (UNIFORM, put("a", value=-1)),
    "no labels": (UNIFORM, put("y", value=[])),
    "labels twice": (UNIFORM, put("y", value=[1, 1])),
    "a second embedded model": (URN, put("f", value=[0, 1])),
    "no embedded model": (URN, put("f", value=[])),
    "no shard": (UNIFORM, put("h", value=[])),
    "a further model of one shape": (UNIFORM, put("e", value=[["a", "int15", "0" * 64]])),
    "4 billion images": (UNIFORM, put("h", 0, "n", value=1 << 32)),
    "another strategy": (UNIFORM, put("h", 0, "t", value="best")),
    "a truth that is a number": (UNIFORM, put("h", 0, "p", value=1)),
    "no block": (UNIFORM, put("h", 0, "b", value=0)),
    "two million blocks": (UNIFORM, put("h", 0, "b", value=(1 << 20) + 1)),
    "a batch of nothing": (UNIFORM, put("h", 0, "z", value=[0, 7])),
    "a run of one": (UNIFORM, put("h", 0, "z", value=[[7, 1]])),
    "a run of three numbers": (UNIFORM, put("h", 0, "z", value=[[1, 7, 1]])),
    "an alpha of no urn": (UNIFORM, put("h", 0, "w", value=10)),
    "a kernel of no urn": (UNIFORM, put("h", 0, "k", value=10)),
    "an urn without an alpha": (UNIFORM, put("h", 0, "t", value="urn")),
    "an alpha of nothing": (URN, put("h", 0, "w", value=0)),
    "a kernel of 4,097": (URN, put("h", 0, "k", value=4097)),
    "no form": (FORM, put("i", value={})),
    "a form of bytes": (FORM, put("i", "d", value="uint8")),
    "a divisor of nothing": (FORM, put("i", "q", value=0)),
    "a divisor of no type": (FORM, put("i", value={"q": 255})),
    "a row without axes": (FORM, put("i", "s", value=[])),
    "a row of nine axes": (FORM, put("i", "s", value=[36] + [1] * 8)),
    "a table and a base": (TABLE, put("i", "b", value=1)),
    "a table of one": (TABLE, put("i", "v", value=[1])),
    "an entry twice": (TABLE, put("i", "v", 1, value=18446187458126066124)),
    "splits of one": (SPLITS, put("i", "j", value=[1, [0, ["x", 1]]])),
    "a split without a place": (SPLITS, put("i", "j", 1, 1, value=["x_train"])),
    "no class": (MIXED, put("k", value=[])),
    "a class of three": (MIXED, put("k", 0, value=[2, 1, 3])),
    "a class of six": (MIXED, put("k", 0, value=[2, 1, 3, 8, [7, 200], 0])),
    "a class of one level": (MIXED, put("k", 7, value=[1, 1, 9, 4])),
    "a model id in capitals": (MIXED, put("e", 0, 2, value="A" * 64)),
    "a model id of 63 digits": (MIXED, put("e", 0, 2, value="0" * 63)),
    "a model id and a line end": (MIXED, put("e", 0, 2, value="0" * 63 + "\n")),
    "no further model": (MIXED, put("e", value=[])),
    "a further model of two": (MIXED, put("e", 0, value=["a", "int15-resnet"])),
    "no part": (MIXED, put("h", 0, "g", value=[])),
    "a part without images": (MIXED, put("h", 0, "g", 0, "q", value=[])),
    "a class without images": (MIXED, put("h", 0, "g", 0, "q", 0, value=[0, 0])),
    "a count of three": (MIXED, put("h", 0, "x", 0, value=[2, 4, 1])),
    "the strategy of a mixed shard": (MIXED, put("h", 0, "t", value="iid")),
    "a shape of a mixed set": (MIXED, put("s", value=[1, 6, 5])),
    "levels of a mixed set": (MIXED, put("v", value=2)),
    "labels of a mixed set": (MIXED, put("y", value=[0])),
    "an alpha of a part that is no urn": (MIXED, put("h", 0, "g", 0, "w", value=10)),
    "a model of none that is modelled": (STORED, put("e", value=[["a", "int15", "0" * 64]])),
    "an embedded model of none": (STORED, put("f", value=[0])),
    "a part without a model": (
        STORED, put("h", 0, "g", value=[{"t": "iid", "z": [5], "q": [[0, 5]]}]),
    ),
}  # fmt: skip
LATER: dict[str, tuple[str, Change]] = {
    "an order in a set": (UNIFORM, put("h", 0, "p", value=True)),
    "a set in order": (UNIFORM, put("o", value="keep")),
    "an order in a part of a set": ("v3/any-set-mixed.acn", put("h", 0, "g", 0, "p", value=True)),
    "a part that is a set in order": (MIXED, put("h", 0, "g", 0, "t", value="set")),
    "another coder": (UNIFORM, put("c", value="huffman")),
    "a batch of 513": (UNIFORM, put("h", value=[{"n": 513, "t": "iid", "z": [513]}])),
}
"""What the reader refuses when the models are known, or the stack is opened."""


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutated_header_is_valid_for_neither_schema_nor_reader(name: str) -> None:
    path, change = MUTATIONS[name]
    head = head_of(path)
    fields = copy.deepcopy(head.fields)
    change(fields)
    assert not VALIDATOR.is_valid(fields)
    assert not is_read(head, fields)


@pytest.mark.parametrize("name", LATER)
def test_what_is_refused_later_is_not_valid_either(name: str) -> None:
    path, change = LATER[name]
    fields: Fields = copy.deepcopy(head_of(path).fields)
    change(fields)
    assert not VALIDATOR.is_valid(fields)


def mutants(value: Any) -> Iterator[Any]:
    """The same with an unknown key in an object, or null or an object in the place of a value, each
    wherever that can be."""
    if isinstance(value, dict):
        yield value | {"zz": 1}
        for name, one in value.items():
            yield value | {name: None}
            yield value | {name: {"zz": 1}}
            for other in mutants(one):
                yield value | {name: other}
    elif isinstance(value, list):
        for place in sorted({0, len(value) - 1} if value else ()):
            around = value[:place], value[place + 1 :]
            for other in (None, {"zz": 1}, *mutants(value[place])):
                yield [*around[0], other, *around[1]]


@pytest.mark.parametrize("path", [UNIFORM, MIXED, URN, FORM, TABLE, EQUAL, STORED, SPLITS])
def test_null_an_unknown_key_or_another_type_is_valid_nowhere(path: str) -> None:
    head = head_of(path)
    found = list(mutants(head.fields))
    assert len(found) > 30
    for fields in found:
        assert not VALIDATOR.is_valid(fields), fields
        assert not is_read(head, fields), fields


@pytest.mark.parametrize("path", [UNIFORM, MIXED])
def test_a_key_that_is_needed_is_missed(path: str) -> None:
    head = head_of(path)
    for key in head.fields:
        fields = {name: value for name, value in head.fields.items() if name != key}
        assert VALIDATOR.is_valid(fields) == (key in "vfae"), key
        assert VALIDATOR.is_valid(fields) or not is_read(head, fields)
