"""Names, modes and chunks of pictures as side arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import SideArray
from acncodec.images.formats.modes import Mode
from acncodec.images.picture_side import PictureSide, chunk_lists, pack_sides, unpack_sides

BYTE = np.dtype(np.uint8)
TEXT, PALETTE = ((b"tEXt", b"a\0b"), (b"IDAT", b"")), ((b"PLTE", bytes(6)), (b"IDAT", b""))
PLAIN = [PictureSide("a.png", Mode.parse("RGB")), PictureSide("b/ä.png", Mode.parse("RGB"))]
MIXED = [
    PictureSide("a.png", Mode.parse("RGB"), TEXT),
    PictureSide("b.png", Mode.parse("P;1"), PALETTE),
    PictureSide("c.png", Mode.parse("1")),
    PictureSide("d.png", Mode.parse("L/100"), TEXT),
]


def side(arrays: dict[str, NDArray[Any]]) -> list[SideArray]:
    return [SideArray(name, array, name != "chunks") for name, array in arrays.items()]


def test_names_alone_where_samples_tell_the_rest() -> None:
    arrays = pack_sides(PLAIN, told=True)
    assert list(arrays) == ["names"]
    assert unpack_sides(side(arrays), 3, BYTE) == PLAIN
    assert list(pack_sides(PLAIN, told=False)) == ["names", "modes"]


def test_modes_and_chunks_come_back() -> None:
    arrays = pack_sides(MIXED, told=False)
    assert list(arrays) == ["names", "modes", "chunks", "chunks_of"]
    assert arrays["chunks_of"].tolist() == [1, 2, 0, 1]
    assert arrays["chunks"].tobytes().count(b"tEXt") == 1
    assert unpack_sides(side(arrays), None, BYTE) == MIXED


def test_they_follow_the_pictures() -> None:
    arrays = pack_sides(MIXED, told=False)
    turned = {name: array if name == "chunks" else array[::-1] for name, array in arrays.items()}
    assert unpack_sides(side(turned), None, BYTE) == MIXED[::-1]


GOOD = side(pack_sides(MIXED, told=False))
NAMES, MODES, CHUNKS, OF = GOOD


def other(entry: SideArray, array: Any, aligned: bool = True) -> SideArray:
    return SideArray(entry.name, np.array(array), aligned)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "holds no names"),
        ([NAMES], "holds no modes"),
        ([*GOOD, SideArray("y", np.arange(4), True)], "the array 'y', which no folder"),
        ([replace(NAMES, aligned=False), MODES], "'names' has no entry for each"),
        ([NAMES, other(MODES, [["L"]] * 4)], "'modes' has no entry for each"),
        ([other(NAMES, range(4)), MODES], "'names' is int64"),
        ([NAMES, other(MODES, ["L", "L", "L", "X"])], "unknown mode 'X'"),
        ([NAMES, MODES, OF], "lists of chunks that are not there"),
        ([NAMES, MODES, CHUNKS, other(OF, [0, -1, 0, 0])], "lists of chunks"),
        ([NAMES, MODES, other(CHUNKS, CHUNKS.array[:-1], False), OF], "truncated"),
        ([NAMES, MODES, other(CHUNKS, CHUNKS.array[:-8], False), OF], "truncated"),
        ([NAMES, MODES, other(CHUNKS, [1], False), OF], "and no bytes"),
    ],
)
def test_what_is_malformed_is_refused(given: list[SideArray], message: str) -> None:
    with pytest.raises(DataError, match=message):
        unpack_sides(given, None, BYTE)


def test_lists_of_chunks_are_told_by_the_array_that_counts_them() -> None:
    chunks, of = np.zeros(4, np.uint8), np.zeros(4, np.uint8)
    arrays = {"chunks": chunks, "chunks_of": of, "a/chunks": chunks, "a/chunks_of": of}
    assert chunk_lists(arrays) == ("chunks", "a/chunks")
    assert chunk_lists({"chunks": chunks, "b/chunks": chunks, "b_chunks_of": of}) == ()
    assert chunk_lists({"chunks": np.zeros(4), "chunks_of": of}) == ()
