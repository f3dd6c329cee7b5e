"""The tables of label arrays: every dtype, every extreme, nothing malformed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.container.labels import LabelTable, pack_tables, table_of, unpack_tables
from acncodec.errors import DataError, FormatError
from acncodec.images import SideArray

ARRAYS: tuple[NDArray[Any], ...] = (
    np.array([3, 1, 4, 1, 5], np.uint8),
    np.array([True, False, True]),
    np.array([True, True]),
    np.array([[-1], [7], [-1]], ">i2"),
    np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max, 0]),
    np.array([0, 2**64 - 1, 2**63], np.uint64),
    np.array([-128, 127], np.int8),
    np.array([70_000, 5, 5], ">u4"),
    np.arange(256),
    np.arange(256) * 257,
)


def table(array: NDArray[Any], name: str = "y") -> LabelTable:
    found = table_of(SideArray(name, array, aligned=True))
    assert found is not None
    return found


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: str(array.dtype))
def test_an_array_comes_back_from_its_table_and_classes(array: NDArray[Any]) -> None:
    packed = pack_tables(7, [table(array, "漢")])
    weight, (found,), start = unpack_tables(packed + bytes(8), 1)
    assert (weight, start) == (7, len(packed))
    assert found == table(array, "漢")
    classes = found.classes(array)
    assert classes.dtype == np.int64 and classes.shape == (len(array),)
    assert set(classes.tolist()) == set(range(len(found.values)))
    back = found.side_array(classes)
    assert (back.name, back.aligned) == ("漢", True)
    assert back.array.dtype == array.dtype and back.array.shape == array.shape
    assert back.array.tobytes() == array.tobytes()


def test_the_bytes_are_as_documented() -> None:
    tables = [table(ARRAYS[0], "y"), table(ARRAYS[3], ""), table(ARRAYS[7], "n")]
    assert pack_tables(200, tables) == (
        b"\xc8\1\0y|u1\0\3\1\1\1\0\0\0\0>i2\1\1\xff\xff\1\7\1\0n>u4\0\1\5\0\0\0\4\x6a\x11\1\0"
    )
    assert pack_tables(0, [table(np.arange(10))])[1:] == b"\1\0y<i8\0\x09" + bytes(9)


@pytest.mark.parametrize(
    "side",
    [
        SideArray("y", np.arange(4), aligned=False),
        SideArray("y", np.arange(4.0), aligned=True),
        SideArray("y", np.arange(257), aligned=True),
        SideArray("y", np.zeros((2, 2), np.uint8), aligned=True),
        SideArray("y", np.zeros((2, 1, 1), np.uint8), aligned=True),
        SideArray("y", np.zeros(0, np.uint8), aligned=True),
        SideArray("y", np.array(["a", "b"]), aligned=True),
        SideArray("y", np.array([1, 2], "timedelta64[s]"), aligned=True),
        SideArray("y", np.zeros(3, [("a", "u1")]), aligned=True),
        SideArray("y", np.array([0, 2], np.uint8).view(np.bool_), aligned=True),
    ],
)
def test_what_is_no_array_of_labels(side: SideArray) -> None:
    assert table_of(side) is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a\0"},
        {"dtype": "<f4"},
        {"dtype": "=u2"},
        {"values": ()},
        {"values": (1, 1)},
        {"values": (2, 1)},
        {"values": (-1, 1)},
        {"values": (0, 256)},
        {"values": tuple(range(257)), "dtype": "<u2"},
        {"values": (0, 2), "dtype": "|b1"},
    ],
)
def test_a_bad_table_is_refused(change: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"name": "y", "dtype": "|u1", "column": False, "values": (0, 1)}
    with pytest.raises(DataError):
        LabelTable(**(fields | change))


def test_truncation_at_every_byte() -> None:
    packed = pack_tables(1, [table(array) for array in ARRAYS])
    for length in range(len(packed)):
        with pytest.raises(FormatError, match="offset"):
            unpack_tables(packed[:length], len(ARRAYS))
    with pytest.raises(FormatError, match="no whole words"):
        unpack_tables(packed + b"\0", len(ARRAYS))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (b"\1\0\xff|u1\0\0\0\0", "utf-8"),
        (b"\1\0\0|u1\0\0\0\0", "NUL"),
        (b"\1\0y<f4\0\0\0\0", "unknown dtype"),
        (b"\1\0y<u1\0\0\0\0", "unknown dtype"),
        (b"\1\0y\xff\xff\xff\0\0\0\0", "ascii"),
        (b"\1\0y|u1\2\0\0\0", "unknown flags 2"),
        (b"\1\0y|u1\0\1\0\3\0\0\0", "3 bytes apart"),
        (b"\1\0y|u1\0\1\xff\0", "within 0 to 255"),
        (b"\1\0y|i1\0\1\x7f\1\0", "within -128 to 127"),
        (b"\1\0y|b1\0\0\2\0", "within 0 to 1"),
    ],
)
def test_malformed_tables(entry: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        unpack_tables(b"\0" + entry, 1)
