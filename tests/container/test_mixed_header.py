"""The header of a mixed set: written, read, and refused where it lies."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from acncodec.container import MixedHeader, MixedShard, ModelName, Part, ShardHeader
from acncodec.container.head import DICTIONARY
from acncodec.container.header import Header
from acncodec.container.headers import header_from_bytes, uniform_header
from acncodec.container.sections import SectionType, expected_sections, wanted_sections
from acncodec.container.strict import deflate, inflate
from acncodec.errors import CorruptionError, FormatError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed import MixedSpec

CLASSES = (
    ImageClass(2, 1, 6, 5, (0, 255)), ImageClass(2, 1, 6, 5, (255, 0)), ImageClass(256, 1, 9, 4),
    ImageClass(256, 3, 4, 7),
)  # fmt: skip
GREY = Part(0, ((0, 2), (1, 1), (2, 4)), ShardHeader(7, 7, "iid", True, (5, 2), 2))
RGB = Part(1, ((3, 3),), ShardHeader(3, 3, "tour", False, (1, 2), 1))
SHARD = MixedShard(20, 12, (GREY, RGB), ((0, 1), (3, 1)))
HEADER = MixedHeader(
    models=(ModelName("grey", "int15-resnet", bytes(range(32))),
            ModelName("rgb", "int15-resnet", bytes(range(32, 64)))),
    coder="ans", order="keep", spec=MixedSpec("x", "uint8", "nhw"), classes=CLASSES,
    shards=(SHARD, MixedShard(2, 2, (), ((2, 2),))),
)  # fmt: skip
CARRIES = replace(HEADER, embedded=(1,), format_version=4)
STORED = replace(HEADER, models=(), shards=(MixedShard(3, 2, (), ((2, 1), (3, 1))),))
ONE = replace(
    HEADER, classes=(ImageClass(2, 1, 6, 5), ImageClass(2, 1, 6, 5, (1, 0))),
    spec=MixedSpec("x", "bool", "nhwc", 2, 3), models=HEADER.models[:1],
    shards=(MixedShard(7, 7, (replace(GREY, counts=((0, 3), (1, 4))),)),),
)  # fmt: skip


def fields(header: MixedHeader) -> dict[str, Any]:
    data = header.to_bytes()
    return json.loads(inflate(data[46:-4], 1 << 20, DICTIONARY))


def framed(value: dict[str, Any], model_id: bytes, version: int = 3) -> bytes:
    body = model_id + deflate(json.dumps(value).encode(), DICTIONARY)
    head = b"\x89ACN\r\n\x1a\n" + struct.pack("<HI", version, len(body)) + body
    return head + struct.pack("<I", zlib.crc32(head))


@pytest.mark.parametrize("header", [HEADER, STORED, ONE, replace(HEADER, order="any"), CARRIES])
def test_headers_come_back(header: MixedHeader) -> None:
    assert header_from_bytes(header.to_bytes()) == header
    assert MixedHeader.from_bytes(header.to_bytes()) == header
    with pytest.raises(FormatError, match="several kinds"):
        uniform_header(header)


def test_fields_are_those_of_the_format() -> None:
    assert fields(HEADER) == {
        "m": "grey", "p": "int15-resnet", "c": "ans", "o": "keep", "n": "x", "d": "uint8",
        "l": "nhw", "e": [["rgb", "int15-resnet", bytes(range(32, 64)).hex()]],
        "k": [[2, 1, 6, 5, [0, 255]], [2, 1, 6, 5, [255, 0]], [256, 1, 9, 4], [256, 3, 4, 7]],
        "h": [
            {"n": 20, "u": 12, "x": [[0, 1], [3, 1]], "g": [
                {"t": "iid", "p": True, "b": 2, "z": [5, 2], "q": [[0, 2], [1, 1], [2, 4]]},
                {"t": "tour", "z": [1, 2], "m": 1, "q": [[3, 3]]},
            ]},
            {"n": 2, "x": [[2, 2]]},
        ],
    }  # fmt: skip
    assert fields(CARRIES) == fields(HEADER) | {"f": [1]}
    assert "m" not in fields(STORED) and STORED.to_bytes()[14:46] == bytes(32)


def test_sections_stand_in_their_order() -> None:
    kinds = list(expected_sections(HEADER, with_side=True))
    assert kinds == [
        (SectionType.SIDE, 0), (SectionType.DUPLICATES, 0), (SectionType.ARRANGEMENT, 0),
        (SectionType.STORED, 0), (SectionType.STACK, 0), (SectionType.STACK, 1),
        (SectionType.ARRANGEMENT, 1), (SectionType.STORED, 1),
    ]  # fmt: skip
    assert list(wanted_sections(HEADER, [1])) == [kinds[0], *kinds[6:]]
    both = replace(CARRIES, embedded=(0, 1))
    models = [(SectionType.MODEL, 0), (SectionType.MODEL, 1)]
    assert list(expected_sections(both, with_side=True)) == [kinds[0], *models, *kinds[1:]]
    assert list(wanted_sections(both, [1])) == [kinds[0], *models, *kinds[6:]]


def test_a_damaged_header_is_noticed() -> None:
    data = bytearray(HEADER.to_bytes())
    data[60] ^= 1
    with pytest.raises(CorruptionError):
        header_from_bytes(bytes(data))


Change = Callable[[dict[str, Any]], Any]


def put(key: str, value: object) -> Change:
    return lambda found: found.__setitem__(key, value)


def drop(key: str) -> Change:
    return lambda found: found.pop(key)


def shard(key: str, value: object) -> Change:
    return lambda found: found["h"][0].__setitem__(key, value)


def part(key: str, value: object, index: int = 0) -> Change:
    return lambda found: found["h"][0]["g"][index].__setitem__(key, value)


LIES: dict[str, tuple[Change, str]] = {
    "no classes": (put("k", []), "classes of images must be a list"),
    "a class of three": (put("k", [[2, 1, 6]]), "a class of images must be"),
    "a class of six": (put("k", [[2, 1, 6, 5, [0, 1], 0]]), "a class of images must be"),
    "classes out of order": (
        lambda found: found["k"].reverse(), "must ascend",
    ),
    "a class twice": (lambda found: found["k"].insert(0, found["k"][0]), "must ascend"),
    "one level": (put("k", [[1, 1, 6, 5]]), "2 to 65,536 levels"),
    "five channels": (put("k", [[2, 5, 6, 5]]), "1 to 4 channels"),
    "a side of 65,536": (put("k", [[2, 1, 65536, 5]]), "sides of 1"),
    "a side of nothing": (put("k", [[2, 1, 0, 5]]), "a number of a class"),
    "a fraction of a side": (put("k", [[2, 1, 1.5, 5]]), "must be an integer"),
    "a level map that is short": (put("k", [[3, 1, 6, 5, [1, 2]]]), "2 values for 3"),
    "a level map that descends": (put("k", [[3, 1, 6, 5, [3, 2, 1]]]), "must ascend"),
    "a level map of one value twice": (put("k", [[2, 1, 6, 5, [3, 3]]]), "must ascend"),
    "a level map that is a number": (put("k", [[3, 1, 6, 5, 3]]), "list of integers"),
    "a level map of truths": (put("k", [[2, 1, 6, 5, [False, True]]]), "list of integers"),
    "a level beyond the type": (put("k", [[2, 1, 6, 5, [0, 256]]]), "0..255"),
    "more levels than the type has": (put("k", [[257, 1, 6, 5]]), "0..255"),
    "a type of one shape": (put("d", "bool"), "uint8 or uint16"),
    "equal channels of several shapes": (put("r", 3), "stand for themselves"),
    "a shape": (put("s", [1, 6, 5]), "unknown field 's'"),
    "levels": (put("v", [0, 1]), "unknown field 'v'"),
    "labels": (put("y", [0]), "unknown field 'y'"),
    "no model's name": (drop("m"), "lacks the field 'm'"),
    "no further model": (drop("e"), "a model that is not there"),
    "an empty list of models": (put("e", []), "further models must be"),
    "a model id in capitals": (put("e", [["b", "p", "AB" * 32]]), "hexadecimal"),
    "a short model id": (put("e", [["b", "p", "ab" * 31]]), "hexadecimal"),
    "a model without an id": (put("e", [["b", "p"]]), "must be [name, profile"),
    "a shard's strategy": (shard("t", "iid"), "unknown field 't'"),
    "an empty list of parts": (shard("g", []), "at least one"),
    "an empty list of stored images": (shard("x", []), "at least one"),
    "a stored class of no image": (shard("x", [[0, 0]]), "images of a class must be 1"),
    "a stored class that is not there": (shard("x", [[0, 1], [4, 1]]), "no class 4"),
    "stored classes out of order": (shard("x", [[3, 1], [0, 1]]), "must ascend"),
    "a stored class twice": (shard("x", [[0, 1], [0, 1]]), "must ascend"),
    "a count too many": (shard("x", [[0, 1], [3, 2]]), "sum to 13, not 12"),
    "fewer distinct images": (shard("u", 11), "sum to 12, not 11"),
    "more distinct images than images": (shard("n", 11), "distinct images must be 0 to 11"),
    "a part of no class": (part("q", []), "at least one"),
    "a part's class that is not there": (part("q", [[0, 2], [1, 1], [9, 4]]), "no class 9"),
    "a part of other counts": (part("q", [[0, 2], [1, 1], [2, 3]]), "sizes sum to 7, not 6"),
    "parts of one model": (part("m", 0, 1), "models of a shard's parts must ascend"),
    "a part of a model that is not there": (part("m", 2, 1), "a model that is not there"),
    "a part's images": (part("n", 7), "unknown field 'n'"),
    "a class of a fraction": (part("q", [[0.5, 7]]), "must be an integer"),
    "a count of 2^32": (shard("x", [[0, 2**32]]), "images of a class must be"),
    "images that no file may hold": (
        lambda found: (put("k", [[2, 1, 65535, 65535]])(found), put("h", [
            {"n": 4000, "x": [[0, 4000]]}])(found), drop("m")(found), drop("p")(found),
            drop("e")(found)), "take",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_header_that_lies_is_refused(name: str) -> None:
    change, words = LIES[name]
    found = fields(HEADER)
    change(found)
    model_id = bytes(32) if "m" not in found and "p" not in found else bytes(range(32))
    with pytest.raises(FormatError) as caught:
        header_from_bytes(framed(found, model_id))
    assert words in str(caught.value), str(caught.value)


def test_a_model_that_codes_nothing_is_refused() -> None:
    found = fields(STORED)
    with pytest.raises(FormatError, match="no image is modelled"):
        header_from_bytes(framed(found, bytes(range(32))))
    with pytest.raises(FormatError, match="unknown field 'm'"):
        header_from_bytes(framed(found | {"m": "grey"}, bytes(32)))


def test_versions_before_3_have_no_mixed_sets() -> None:
    with pytest.raises(FormatError):
        header_from_bytes(framed(fields(HEADER), bytes(range(32)), version=2))
    assert isinstance(header_from_bytes(HEADER.to_bytes()), MixedHeader)
    assert not isinstance(header_from_bytes(HEADER.to_bytes()), Header)


@pytest.mark.parametrize(
    "make",
    [
        lambda: MixedShard(2**24 + 1, 2**24 + 1, (), ((0, 2**24 + 1),)),
        lambda: MixedShard(3, 3, (), ((0, 2),)),
        lambda: Part(0, ((0, 1), (1, 1)), ShardHeader(3, 3, "iid", False, (3,), 1)),
        lambda: replace(HEADER, shards=()),
        lambda: replace(HEADER, shards=(MixedShard(0, 0),), models=()),
        lambda: replace(HEADER, models=(*HEADER.models[:1], ModelName("", "p", bytes(32)))),
        lambda: replace(STORED, models=HEADER.models),
        lambda: ModelName("m", "p", bytes(31)),
        lambda: replace(HEADER, embedded=(0,)),
        lambda: replace(CARRIES, embedded=(0, 2)),
        lambda: replace(CARRIES, embedded=(1, 0)),
        lambda: replace(CARRIES, embedded=(0, 0)),
        lambda: replace(CARRIES, embedded=(-1,)),
        lambda: replace(STORED, embedded=(0,), format_version=4),
    ],
)
def test_what_no_header_may_say_cannot_be_made(make: Callable[[], object]) -> None:
    with pytest.raises(FormatError):
        make()


@pytest.mark.parametrize(
    ("embedded", "words"),
    [
        ([], "at least one"), (1, "at least one"), ([2], "does not have"), ([1, 0], "ascend"),
        ([0, 0], "ascend"), ([-1], "must be"), ([0.5], "integer"), ([300], "must be"),
    ],
)  # fmt: skip
def test_models_that_a_file_cannot_carry_are_refused(embedded: object, words: str) -> None:
    found = fields(HEADER) | {"f": embedded}
    with pytest.raises(FormatError, match=words):
        header_from_bytes(framed(found, bytes(range(32)), version=4))


def test_versions_before_4_carry_no_models() -> None:
    found = fields(CARRIES)
    with pytest.raises(FormatError, match="unknown field 'f'"):
        header_from_bytes(framed(found, bytes(range(32)), version=3))
    assert header_from_bytes(framed(found, bytes(range(32)), version=4)) == CARRIES
    plain = header_from_bytes(framed(fields(HEADER), bytes(range(32)), version=4))
    assert plain == HEADER and plain.format_version == 4
