from __future__ import annotations

import json
import struct
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.container.head import DICTIONARY, MAX_JSON, PREFIX_BYTES, header_bytes
from acncodec.container.header import Header
from acncodec.container.shard_header import MAX_BATCHES, ShardHeader
from acncodec.container.strict import deflate, inflate
from acncodec.errors import CorruptionError, FormatError
from acncodec.images import ImageSpec
from acncodec.images.entries import Entries
from acncodec.images.form import Form
from acncodec.images.splits import Joined, Splits

SHARD = ShardHeader(10_000, 9_998, "tour", False, (1, 2, 5, 11, *[500] * 19, 479), 1)
URN = replace(SHARD, strategy="urn", alpha=1000)
HEADER = Header(
    model_id=bytes(range(32)),
    model_name="mnist-bits",
    profile="int15",
    coder="ans",
    order="any",
    spec=ImageSpec("x", "uint8", "nhw", (0, 1)),
    shape=(1, 28, 28),
    shards=(SHARD,),
)
GREY = tuple(range(256))
FLAT = Form(row=(784,))
FLOATS = Form(Entries("float32", 255), (28, 28, 1), Splits(0, (Joined(-1, (("a", 0), ("b", 2))),)))
OLD, THIRD = replace(HEADER, format_version=1), replace(HEADER, format_version=3)
FIELDS = json.loads(zlib.decompress(OLD.to_bytes()[46:-4], -15))


def framed(body: bytes, version: int = 1) -> bytes:
    head = b"\x89ACN\r\n\x1a\n" + struct.pack("<HI", version, len(body)) + body
    return head + struct.pack("<I", zlib.crc32(head))


def with_json(value: object) -> bytes:
    return framed(bytes(32) + deflate(json.dumps(value).encode()))


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        replace(HEADER, order="keep", shards=(replace(SHARD, permuted=True, seed_blocks=3),)),
        replace(HEADER, spec=ImageSpec("漢 \x07", "bool", "nchw", (0, 1), 4)),
        replace(HEADER, spec=ImageSpec("", "uint8", "nhwc", GREY), shape=(3, 1, 65_535)),
        replace(HEADER, spec=ImageSpec("x", "uint8", "nhw", (0, 255))),
        replace(HEADER, spec=ImageSpec("x", "uint8", "nhw", (0, 7, 9))),
        replace(THIRD, spec=ImageSpec("x", "uint8", "nhw", (0, 1), form=FLAT)),
        replace(THIRD, spec=ImageSpec("x", "uint8", "nhw", GREY, form=FLOATS)),
        replace(HEADER, shards=(URN, SHARD)),
        replace(HEADER, shards=(replace(URN, alpha=2**32 - 1, kernel=4096),)),
        replace(HEADER, shards=(ShardHeader(0, 0, "iid", False, (), 1),)),
        replace(HEADER, labels=(0, 3, 70_000)),
        replace(HEADER, embedded=(0,), format_version=0),
        replace(HEADER, shards=tuple(ShardHeader(n, n, "iid", False, (n,), 1) for n in (1, 2, 3))),
    ],
)
def test_round_trip(header: Header) -> None:
    data = header.to_bytes()
    assert Header.from_bytes(data) == header
    assert header_bytes(data[:PREFIX_BYTES]) == len(data)


def test_layout_of_the_bytes() -> None:
    """Pins format 1; a failure here means that old files no longer open."""
    data = OLD.to_bytes()
    assert data[:10] == b"\x89ACN\r\n\x1a\n\x01\x00"
    assert data[14:46] == bytes(range(32))
    assert FIELDS == {
        "m": "mnist-bits",
        "p": "int15",
        "c": "ans",
        "o": "any",
        "n": "x",
        "d": "uint8",
        "l": "nhw",
        "s": [1, 28, 28],
        "h": [{"n": 10_000, "t": "tour", "u": 9_998, "z": [1, 2, 5, 11, [500, 19], 479]}],
    }
    assert HEADER.count == 10_000


def test_the_newest_version_is_written_and_the_first_still_read() -> None:
    assert HEADER.to_bytes()[8:10] == b"\x02\x00" and OLD.to_bytes()[8:10] == b"\x01\x00"
    assert [Header.from_bytes(head.to_bytes()).format_version for head in (OLD, HEADER)] == [1, 2]
    assert Header.from_bytes(OLD.to_bytes()) == HEADER  # how it was written is not what it says


def test_a_version_has_nothing_newer() -> None:
    for change in ({"labels": (0,)}, {"shards": (SHARD, URN)}, {"coder": "torchac"}):
        with pytest.raises(FormatError, match="the header is of version 2, not 1"):
            replace(OLD, **change)
    with pytest.raises(FormatError, match="the header is of version 2, not 1"):
        Header.from_bytes(with_json(FIELDS | {"y": [0]}))


def test_a_form_is_of_version_3() -> None:
    spec = ImageSpec("x", "uint8", "nhw", (0, 1), form=FLAT)
    assert replace(HEADER, spec=spec, format_version=0).format_version == 3
    with pytest.raises(FormatError, match="the header is of version 3, not 2"):
        replace(replace(HEADER, format_version=2), spec=spec)
    for version in (1, 2):
        data = framed(bytes(32) + _packed(FIELDS | {"i": {"s": [784]}}, version), version)
        with pytest.raises(FormatError, match="unknown field 'i'"):
            Header.from_bytes(data)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "object with a field"),
        (0, "object with a field"),
        ([], "object with a field"),
        ({"s": [783]}, r"no rows of \(783,\)"),
        ({"d": "int8", "b": 127}, "has not all of"),
        ({"d": "uint8"}, "unknown type of entries"),
        ({"q": 255}, "unknown type of entries"),
        ({"u": 1}, "unknown field 'u'"),
        ({"s": [784], "j": None}, "the field 'j' of the form is null"),
        ({"d": "int16", "b": 1, "s": None}, "the field 's' of the form is null"),
    ],
)
def test_malformed_forms(form: object, message: str) -> None:
    data = framed(bytes(32) + _packed(FIELDS | {"i": form}, 3), 3)
    with pytest.raises(FormatError, match=message):
        Header.from_bytes(data)


def _packed(value: object, version: int) -> bytes:
    return deflate(json.dumps(value).encode(), b"" if version == 1 else DICTIONARY)


def test_the_dictionary_has_most_of_a_usual_header() -> None:
    assert len(HEADER.to_bytes()) < len(OLD.to_bytes()) - 60
    unpacker = zlib.decompressobj(-15, DICTIONARY)
    assert json.loads(unpacker.decompress(HEADER.to_bytes()[46:-4])) == FIELDS
    assert not unpacker.unused_data and unpacker.eof


def test_it_is_small() -> None:
    assert len(HEADER.to_bytes()) < 200


@pytest.mark.parametrize(
    "change",
    [
        {"count": -1},
        {"count": True},
        {"count": 1 << 32},
        {"distinct": 0},
        {"distinct": 10_001},
        {"strategy": "best"},
        {"permuted": 1},
        {"sizes": (9_997,)},
        {"sizes": (9_998, 0)},
        {"sizes": [9_998]},
        {"sizes": (9_998.0,)},
        {"seed_blocks": 0},
        {"seed_blocks": 1 << 40},
        {"strategy": "urn"},
        {"alpha": 1000},
        {"kernel": 10},
    ],
)
def test_a_bad_shard_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        replace(SHARD, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": None},
        {"alpha": 0},
        {"alpha": 1 << 32},
        {"alpha": 10.0},
        {"alpha": True},
        {"kernel": -1},
        {"kernel": 4097},
        {"kernel": None},
        {"strategy": "set"},
    ],
)
def test_a_bad_urn_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        replace(URN, **change)


def test_an_urns_fields_in_json() -> None:
    urn = {"n": 10_000, "t": "urn", "u": 9_998, "w": 1000, "z": FIELDS["h"][0]["z"]}
    written = replace(HEADER, shards=(URN, replace(URN, kernel=14))).to_bytes()
    assert json.loads(inflate(written[46:-4], MAX_JSON, DICTIONARY))["h"] == [urn, urn | {"k": 14}]


@pytest.mark.parametrize(
    "change",
    [
        {"model_id": bytes(31)},
        {"model_id": "a" * 32},
        {"model_name": ""},
        {"model_name": "\x1b[2J"},
        {"profile": 3},
        {"coder": "a" * 256},
        {"order": "set"},
        {"shape": [1, 28, 28]},
        {"shape": (28, 28)},
        {"shape": (3, 28, 28)},
        {"shape": (1, 0, 28)},
        {"shape": (1, 28, 65_536)},
        {"shape": (2, 28, 28), "spec": ImageSpec("x", "uint8", "nchw", (0, 1))},
        {"shards": ()},
        {"shards": [SHARD]},
        {"shards": (SHARD,) * 65_537},
        {"shape": (1, 65_535, 65_535)},
        {"labels": [0]},
        {"labels": (-1,)},
        {"labels": (True,)},
        {"labels": (1, 1)},
        {"labels": (2, 1)},
        {"labels": (1 << 32,)},
    ],
)
def test_a_bad_header_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        replace(HEADER, **change)


def test_batches_are_capped_over_all_shards() -> None:
    half = MAX_BATCHES // 2 + 1
    shard = {"n": half, "t": "iid", "z": [[1, half]]}
    fields = FIELDS | {"s": [1, 1, 1]}
    assert Header.from_bytes(with_json(fields | {"h": [shard]})).count == half
    with pytest.raises(FormatError, match="a run's repeats must be 2 to"):
        Header.from_bytes(with_json(fields | {"h": [shard, shard]}))
    big = ShardHeader(half, half, "iid", False, (1,) * half, 1)
    with pytest.raises(FormatError, match="batches"):
        replace(HEADER, shape=(1, 1, 1), shards=(big, big))


def test_the_bytes_are_checked_at_every_position() -> None:
    data = HEADER.to_bytes()
    for length in range(len(data)):
        with pytest.raises(FormatError, match=r"offset \d+"):
            Header.from_bytes(data[:length])
    with pytest.raises(FormatError, match="followed by other bytes"):
        Header.from_bytes(data + b"\0")
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(FormatError, match=r"offset \d+"):
            Header.from_bytes(bytes(flipped))


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"", FormatError, r"empty \(offset 0\)"),
        (b"PK\3\4", FormatError, r"not an \.acn archive.*offset 0"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), FormatError, r"not an \.acn archive"),
        (b"\x89ACN\n", FormatError, r"not an \.acn archive"),  # newlines were converted
        (framed(bytes(40), 9), FormatError, r"unknown format version 9 \(offset 8\)"),
        (framed(bytes(32)), FormatError, r"length 32 is out of range \(offset 10\)"),
        (framed(bytes(33 + (1 << 20))), FormatError, "out of range"),
        (framed(bytes(40)), FormatError, r"header: corrupt deflate.*offset 46"),
        (HEADER.to_bytes()[:-1] + b"\0", CorruptionError, r"CRC-32 does not match \(offset \d+\)"),
        (framed(bytes(32) + deflate(bytes(MAX_JSON + 1))), FormatError, "inflates to more"),
        (framed(bytes(32) + deflate(b"[" * MAX_JSON)), FormatError, "malformed JSON"),
        (framed(bytes(32) + deflate(b"{}") + b"\0"), FormatError, "after the deflate"),
        (with_json([]), FormatError, "list where an object"),
    ],
)
def test_malformed_frames(data: bytes, error: type[FormatError], message: str) -> None:
    with pytest.raises(error, match=message):
        Header.from_bytes(data)


@pytest.mark.parametrize("key", [*FIELDS, "h.n", "h.t", "h.z"])
def test_a_missing_field(key: str) -> None:
    fields = json.loads(json.dumps(FIELDS))
    (fields["h"][0] if "." in key else fields).pop(key[-1])
    with pytest.raises(FormatError, match=r"lacks the field|sum to"):
        Header.from_bytes(with_json(fields))


@pytest.mark.parametrize(
    "change",
    [
        {"zz": 1},
        {"m": 1},
        {"n": 1},
        {"n": "a\0"},
        {"d": "float32"},
        {"d": "x" * 100_000},
        {"l": "hwn"},
        {"s": [1, 28]},
        {"s": [1, 28, True]},
        {"s": {"a": 1}},
        {"v": 2},
        {"v": True},
        {"v": "01"},
        {"v": [1, 0]},
        {"v": [0, 1.0]},
        {"v": list(range(1000))},
        {"a": -1},
        {"a": False},
        {"h": {}},
        {"h": []},
        {"h": [1]},
        {"h": [FIELDS["h"][0] | {"q": 1}]},
        {"h": [FIELDS["h"][0] | {"n": 1 << 40}]},
        {"h": [FIELDS["h"][0] | {"u": True}]},
        {"h": [FIELDS["h"][0] | {"p": 1}]},
        {"h": [FIELDS["h"][0] | {"b": 0}]},
        {"h": [FIELDS["h"][0] | {"t": "urn?"}]},
        {"h": [FIELDS["h"][0] | {"t": "urn"}]},
        {"h": [FIELDS["h"][0] | {"w": 10}]},
        {"h": [FIELDS["h"][0] | {"k": 10}]},
        {"h": [FIELDS["h"][0] | {"k": 0}]},
        {"h": [FIELDS["h"][0] | {"t": "urn", "w": "10"}]},
        {"h": [FIELDS["h"][0] | {"t": "urn", "w": 10, "k": True}]},
        {"h": [FIELDS["h"][0] | {"z": [[1, 9_998 * 2]]}]},
        {"h": [FIELDS["h"][0] | {"n": 0, "u": 0}]},
        {"h": None},
        {"y": []},
        {"y": 0},
        {"y": {}},
        {"y": [1, 0]},
        {"y": [0.0]},
        {"y": None},
    ],
)
def test_a_bad_field(change: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match=r"^header: .{1,300}\(offset 46\)$"):
        Header.from_bytes(with_json(FIELDS | change))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(sorted(FIELDS)), JSON, st.sampled_from(["n", "t", "z", "u", "p", "b", "w"]))
def test_any_json_is_a_header_or_a_format_error(key: str, value: Any, inner: str) -> None:
    for fields in (FIELDS | {key: value}, FIELDS | {"h": [FIELDS["h"][0] | {inner: value}]}):
        try:
            header = Header.from_bytes(with_json(fields))
        except FormatError:
            continue
        assert Header.from_bytes(header.to_bytes()) == header
