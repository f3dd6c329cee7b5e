"""The second reader on forms of what is given back, put into the headers of golden files."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acn_files import AcnFile
from mixed_files import GOLDEN, TABLES, golden_model
from second_reader import Malformed, read
from second_reader.forms import parse_form
from second_reader.side import Side
from second_reader.splits import apart, parse_splits

EQUAL, DEEP, LABELLED, SHAPES = (
    "any-set-equal", "keep-iid-deep", "keep-iid-grey-labels", "any-set-shapes"
)  # fmt: skip


def opened(name: str) -> AcnFile:
    return AcnFile.from_bytes((GOLDEN / f"{name}.acn").read_bytes())


def reread(file: AcnFile, folder: Path) -> dict[str, Any]:
    path = folder / "a.acn"
    path.write_bytes(file.to_bytes())
    return read(path, golden_model(1), TABLES)


@cache
def plain(name: str) -> dict[str, Any]:
    return read(GOLDEN / f"{name}.acn", golden_model(1), TABLES)


def formed(name: str, form: Any, folder: Path) -> np.ndarray:
    """The images of a golden file with a form."""
    file = opened(name)
    file.header["i"] = form
    images: np.ndarray = reread(file, folder)["x"]
    return images


def entries(form: dict[str, Any], top: int) -> np.ndarray:
    """What stands for the integers 0 .. top."""
    return parse_form(form, "uint16", top, 30).step(np.arange(top + 1, dtype=np.uint16))


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("int16", -(2**15)), (">i2", -(2**15)), ("int32", 0), (">i4", 2**31 - 2**16),
        ("uint32", 2**32 - 2**16), (">u4", 7), ("int64", -(2**63)), (">i8", 0),
        ("uint64", 2**64 - 2**16), (">u8", 2**63 - 3),
    ],
)  # fmt: skip
def test_integers_have_a_base(name: str, base: int) -> None:
    found = entries({"d": name, "b": base} if base else {"d": name}, 65_535)
    assert found.dtype == np.dtype(name)
    assert found.tolist() == list(range(base, base + 65_536))


@pytest.mark.parametrize("size", [2, 4, 8])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize(("divisor", "base"), [(255, 0), (1, 0), (3, -700), (65_535, 1)])
def test_floats_are_the_nearest_quotients(size: int, big: bool, divisor: int, base: int) -> None:
    name = f">f{size}" if big else f"float{8 * size}"
    found = entries({"d": name, "q": divisor, "b": base}, 2000)
    assert found.dtype == np.dtype(name)
    for a, entry in enumerate(found.astype(f"=f{size}")):
        wanted = Fraction(base + a, divisor)
        near = [np.nextafter(entry, entry.dtype.type(to)) for to in (-np.inf, np.inf)]
        distance = abs(Fraction(float(entry)) - wanted)
        assert all(distance <= abs(Fraction(float(one)) - wanted) for one in near)


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("int8", [*range(128, 256), *range(128)]),
        ("float16", [0x8000, 0, *range(0x3C00, 0x3CFE)]),
        (">f2", [0, 0x8000, *range(0x3C00, 0x3CFE)]),
        (">u8", [2**64 - 500 + n for n in range(256)]),
        ("int64", [*range(2**64 - 100, 2**64), *range(2**62, 2**62 + 156)]),
        ("float64", [0xBFF0000000000000 - n for n in range(256)]),
    ],
)
def test_a_table_names_entries_by_their_bits(name: str, bits: list[int]) -> None:
    found = entries({"d": name, "v": bits}, 255)
    assert found.dtype == np.dtype(name)
    size = found.itemsize
    order = "big" if name[0] == ">" else "little"
    assert found.tobytes() == b"".join(n.to_bytes(size, order) for n in bits)


def test_entries_take_the_place_of_those_of_the_header(tmp_path: Path) -> None:
    found = formed(EQUAL, {"d": "float32", "q": 255}, tmp_path)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, plain(EQUAL)["x"] / np.float32(255))


@pytest.mark.parametrize(("name", "row"), [(DEEP, [30]), (DEEP, [2, 1, 15]), (EQUAL, [10, 9])])
def test_rows_have_a_shape_of_their_own(name: str, row: list[int], tmp_path: Path) -> None:
    found, wanted = formed(name, {"s": row}, tmp_path), plain(name)["x"]
    assert found.shape == (len(wanted), *row) and found.dtype == wanted.dtype
    assert found.tobytes() == wanted.tobytes()


EMPTY: list[Any] = []
FORMS: dict[str, tuple[str, str, Any]] = {
    "no key": (EQUAL, "no key", {}),
    "null": (EQUAL, "no dict", None),
    "a list": (EQUAL, "no dict", [1]),
    "an unknown key": (EQUAL, "unknown key", {"d": "int16", "x": 1}),
    "the type of the header": (EQUAL, "type of entries", {"d": "uint8"}),
    "a type of the header": (EQUAL, "type of entries", {"d": ">u2"}),
    "an unknown type": (EQUAL, "type of entries", {"d": "float128"}),
    "bytes with an order": (EQUAL, "type of entries", {"d": ">i1"}),
    "a divisor without a type": (EQUAL, "unknown key", {"q": 2}),
    "a base without a type": (EQUAL, "unknown key", {"b": 2}),
    "a table without a type": (EQUAL, "unknown key", {"v": list(range(256))}),
    "a divisor of integers": (EQUAL, "divisor of integers", {"d": "int32", "q": 2}),
    "a divisor of 0": (EQUAL, "divisor or base", {"d": "float32", "q": 0}),
    "a large divisor": (EQUAL, "divisor or base", {"d": "float32", "q": 65_536}),
    "a large base": (EQUAL, "divisor or base", {"d": "float32", "b": 65_537}),
    "a small base": (EQUAL, "divisor or base", {"d": "float64", "b": -65_537}),
    "a base with a fraction": (EQUAL, "no int", {"d": "float64", "b": 0.5}),
    "an integer too large": (DEEP, "type has not", {"d": "int16"}),
    "an integer too small": (EQUAL, "type has not", {"d": "uint64", "b": -1}),
    "an infinite quotient": (DEEP, "not finite", {"d": "float16"}),
    "a table and a divisor": (EQUAL, "unknown key", {"d": "float32", "v": [*range(256)], "q": 1}),
    "a table and a base": (EQUAL, "unknown key", {"d": "int32", "v": [*range(256)], "b": 0}),
    "a short table": (EQUAL, "table has not", {"d": "int32", "v": [0, 1]}),
    "a table of one": (EQUAL, "length of the table", {"d": "int32", "v": [0]}),
    "a table of fractions": (EQUAL, "table", {"d": "float32", "v": [0, 0.5]}),
    "bits too many": (EQUAL, "table", {"d": "int8", "v": [*range(2, 258)]}),
    "negative bits": (EQUAL, "table", {"d": "int8", "v": [-1, *range(255)]}),
    "a table that falls": (EQUAL, "not ascend", {"d": "int8", "v": [*range(256)]}),
    "negative floats": (EQUAL, "not ascend", {"d": "float16", "v": [*range(2**15, 2**15 + 256)]}),
    "an entry twice": (EQUAL, "is there twice", {"d": "int32", "v": [0, *range(255)]}),
    "zero thrice": (EQUAL, "twice", {"d": "float16", "v": [0, 0x8000, *range(254)]}),
    "infinity": (EQUAL, "not finite", {"d": "float16", "v": [*range(0x7B01, 0x7C01)]}),
    "no number": (EQUAL, "not finite", {"d": "float32", "v": [*range(255), 0x7FC00000]}),
    "a row too long": (DEEP, "shape of a row", {"s": [31]}),
    "a row without axes": (DEEP, "shape of a row", {"s": EMPTY}),
    "nine axes": (DEEP, "shape of a row", {"s": [30, *[1] * 8]}),
    "a negative axis": (DEEP, "shape of a row", {"s": [-5, -6]}),
    "rows of images of several shapes": (SHAPES, "several shapes", {"s": [30]}),
    "entries of images of several shapes": (SHAPES, "several shapes", {"d": "float32"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_means_nothing_is_rejected(name: str, tmp_path: Path) -> None:
    source, message, form = FORMS[name]
    with pytest.raises(Malformed, match=message):
        formed(source, form, tmp_path)


def test_a_form_calls_for_version_3(tmp_path: Path) -> None:
    file = AcnFile.from_bytes((GOLDEN.parent / "v2" / "any-set-vae.acn").read_bytes())
    file.header["i"] = {"s": [64]}
    path, model = tmp_path / "a.acn", GOLDEN.parent / "v2" / "model-vae.safetensors"
    file.version = 2
    path.write_bytes(file.to_bytes())
    with pytest.raises(Malformed, match="newer than its version"):
        read(path, model, TABLES)
    file.version = 3
    path.write_bytes(file.to_bytes())
    assert read(path, model, TABLES)["x"].shape[1:] == (64,)


def test_bool_has_no_entries_of_another_type(tmp_path: Path) -> None:
    file = opened("any-set-two")
    file.header |= {"d": "bool", "v": [0, 1]}
    assert reread(file, tmp_path)["x"].dtype == np.bool_
    file.header["i"] = {"d": "float32"}
    with pytest.raises(Malformed, match="type of entries"):
        reread(file, tmp_path)


def joins() -> list[Any]:
    """Three splits of the images, and two side arrays that not all of them have."""
    return [
        3,
        [0, ["train", 0], ["test", 5], ["valid", 2]],
        [1, ["train/y", 3], [], ["valid/y", 1]],
        [3, [], ["fine", 4], []],
    ]


def sides(rows: int) -> list[Side]:
    rng = np.random.default_rng(1)
    return [
        Side("y", rng.integers(0, 9, rows), True),
        Side("note", np.array(["two", "words"]), False),
        Side("fine", rng.integers(0, 1000, (rows, 2)), True),
        Side("which", rng.integers(0, 3, rows).astype(np.uint8), True),
    ]


def test_splits_are_given_back_in_their_places() -> None:
    x, given = np.arange(60).reshape(20, 3), sides(20)
    y, note, fine, which = (side.array for side in given)
    found = dict(apart(parse_splits(joins()), given, x))
    assert list(found) == ["train", "valid/y", "valid", "train/y", "fine", "test", "note"]
    wanted = {
        "train": x[which == 0], "test": x[which == 1], "valid": x[which == 2],
        "train/y": y[which == 0], "valid/y": y[which == 2], "fine": fine[which == 1], "note": note,
    }  # fmt: skip
    for name, array in wanted.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_splits_take_rows_and_entries_as_they_are_given_back(tmp_path: Path) -> None:
    file = opened(LABELLED)  # its labels are of five classes; a sixth split is empty
    names = [["a", 0], ["b", 1], ["c", 3], ["d", 4], ["e", 5], ["f", 6]]
    file.header["i"] = {"d": "float32", "q": 255, "s": [30], "j": [0, [0, *names]]}
    found, wanted = reread(file, tmp_path), plain(LABELLED)
    assert list(found) == ["a", "b", "names", "c", "d", "e", "f"]
    for number, (name, _) in enumerate(names):
        images = wanted["x"][wanted["y"] == number]
        assert found[name].shape == (len(images), 30) and found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], images.reshape(-1, 30) / np.float32(255))
    assert len(found["b"]) and not len(found["f"])


Change = Callable[[list[Any]], Any]
JOINS: dict[str, tuple[str, Change]] = {
    "no list": ("number of lists", lambda j: j.__delitem__(slice(1, None))),
    "a negative place": ("place", lambda j: j.__setitem__(0, -1)),
    "a place that is not there": ("no such array", lambda j: j.__setitem__(0, 4)),
    "an array of words": ("type or shape", lambda j: j.__setitem__(0, 1)),
    "an array of the wrong type": (
        "type or shape", lambda j: j.__setitem__(slice(None), [2, j[1], j[2]])
    ),
    "the array itself": ("is there twice", lambda j: j[3].__setitem__(0, 4)),
    "an array twice": ("is there twice", lambda j: j[3].__setitem__(0, 1)),
    "the images twice": ("is there twice", lambda j: j[3].__setitem__(0, 0)),
    "no images": ("images come first", lambda j: j.pop(1)),
    "images behind": ("images come first", lambda j: j.reverse() or j.insert(0, j.pop())),
    "an array that is not there": ("no aligned array", lambda j: j[3].__setitem__(0, 5)),
    "an array that is not aligned": ("no aligned array", lambda j: j[3].__setitem__(0, 2)),
    "a split without images": ("without images", lambda j: j[1].__setitem__(2, [])),
    "two splits of three": ("not there", lambda j: [one.pop() for one in j[1:]]),
    "one split": ("a list", lambda j: [one.__delitem__(slice(2, None)) for one in j[1:]]),
    "too many splits": ("a list", lambda j: [one.extend([[]] * 253) for one in j[1:]]),
    "lists of several lengths": ("several lengths", lambda j: j[2].pop()),
    "a name twice": ("one name", lambda j: j[1][1].__setitem__(0, "test")),
    "a name that is there": ("one name", lambda j: j[1][1].__setitem__(0, "note")),
    "a place twice": ("one place", lambda j: j[1][1].__setitem__(1, 5)),
    "a place beyond": ("a place that", lambda j: j[1][1].__setitem__(1, 7)),
    "a place that is no number": ("name and place", lambda j: j[1][1].__setitem__(1, "0")),
    "a name without a place": ("name and place", lambda j: j[1][1].pop()),
    "a name with a NUL": ("name of an array", lambda j: j[1][1].__setitem__(0, "a\0")),
    "no text": ("no Unicode", lambda j: j[1][1].__setitem__(0, "\ud800")),
}  # fmt: skip


@pytest.mark.parametrize("name", JOINS)
def test_splits_that_mean_nothing_are_rejected(name: str) -> None:
    message, spoil = JOINS[name]
    given = joins()
    spoil(given)
    with pytest.raises(Malformed, match=message):
        apart(parse_splits(given), sides(20), np.zeros((20, 3)))
