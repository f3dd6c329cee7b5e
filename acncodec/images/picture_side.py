"""What comes back of pictures beside their samples, as side arrays of a data set of N pictures.

names      (N,) Unicode: with folders, `a/b.png`
modes      (N,) Unicode (see `formats.modes`); left out where samples tell
chunks     (B,) uint8: the different lists of chunks there are, one after the other, each
           chunk with its length and name as in a PNG, each list ended by an `IEND`
chunks_of  (N,) unsigned: which of those lists is a picture's, counted from 1; 0 is none
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import SideArray
from acncodec.images.formats.chunks import Chunk, join_chunks, split_chunks
from acncodec.images.formats.modes import Mode, plain_mode

NAMES: Final = "names"
MODES: Final = "modes"
CHUNKS: Final = "chunks"
CHUNKS_OF: Final = "chunks_of"
ALIGNED: Final = (NAMES, MODES, CHUNKS_OF)
"""What has an entry for each picture."""

_END: Final = (b"IEND", b"")


@dataclass(frozen=True)
class PictureSide:
    """What belongs to a picture beside its samples: its name, mode, and chunks of a PNG."""

    name: str
    mode: Mode
    chunks: tuple[Chunk, ...] = ()


def check_left_out(arrays: Collection[str], skip: Collection[str]) -> None:
    """Raise `DataError` where the lists of chunks would be left out without what says whose they
    are, or that without them: nothing could make pictures of these again."""
    for one, other in ((CHUNKS, CHUNKS_OF), (CHUNKS_OF, CHUNKS)):
        if one in skip and other in arrays and other not in skip:
            raise DataError(f"--skip {one!r}: {other!r} goes with it, and must be left out too")


def pack_sides(sides: Sequence[PictureSide], told: bool) -> dict[str, NDArray[Any]]:
    """The side arrays of pictures, by name.

    told: whether the type and channels of a picture's samples are those of its mode.
    """
    arrays: dict[str, NDArray[Any]] = {NAMES: np.array([side.name for side in sides], np.str_)}
    modes = [side.mode for side in sides]
    if not told or any(mode != plain_mode(mode.channels, mode.dtype) for mode in modes):
        arrays[MODES] = np.array([mode.name for mode in modes], np.str_)
    numbers: dict[tuple[Chunk, ...], int] = {(): 0}
    of = [numbers.setdefault(side.chunks, len(numbers)) for side in sides]
    if len(numbers) > 1:
        joined = b"".join(join_chunks((*chunks, _END)) for chunks in [*numbers][1:])
        arrays[CHUNKS] = np.frombuffer(joined, np.uint8)
        arrays[CHUNKS_OF] = np.array(of, np.min_scalar_type(len(numbers) - 1))
    return arrays


def chunk_lists(arrays: Mapping[str, NDArray[Any]]) -> tuple[str, ...]:
    """Which arrays are `chunks`, whatever stands before that name: bytes that follow no picture,
    though they may be as many."""
    return tuple(
        name
        for name, array in arrays.items()
        if (name == CHUNKS or name.endswith(f"/{CHUNKS}"))
        and name.removesuffix(CHUNKS) + CHUNKS_OF in arrays
        and array.dtype == np.uint8
        and array.ndim == 1
    )


def unpack_sides(
    side: Sequence[SideArray], channels: int | None, dtype: np.dtype[Any]
) -> list[PictureSide]:
    """Undo `pack_sides`.

    Args:
        side: side arrays of a data set, those of pictures among them.
        channels: of all pictures, or None where they differ; then there are modes.
        dtype: of their samples.

    Raises:
        DataError: there are no names, other arrays which no folder holds, or what is there is
            malformed.
    """
    arrays = {entry.name: entry for entry in side}
    if NAMES not in arrays:
        raise DataError("it holds no names of pictures, so that there is no folder to write")
    for entry in side:
        if entry.name not in (*ALIGNED, CHUNKS):
            raise DataError(f"it holds the array {entry.name!r}, which no folder of pictures can")
        if entry.name in ALIGNED and not (entry.aligned and entry.array.ndim == 1):
            raise DataError(f"the array {entry.name!r} has no entry for each picture")
    names = _strings(arrays, NAMES)
    if MODES in arrays:
        modes = _modes(_strings(arrays, MODES))
    elif channels is not None:
        modes = [plain_mode(channels, dtype)] * len(names)
    else:
        raise DataError("it holds no modes of pictures, though they differ")
    lists = [(), *_lists(arrays)]
    of = _numbers(arrays, len(names), len(lists))
    return [
        PictureSide(name, mode, lists[number])
        for name, mode, number in zip(names, modes, of, strict=True)
    ]


def _strings(arrays: Mapping[str, SideArray], name: str) -> list[str]:
    array = arrays[name].array
    if array.dtype.kind != "U":
        raise DataError(f"the array {name!r} is {array.dtype}, and no text")
    strings: list[str] = array.tolist()
    return strings


def _modes(names: Sequence[str]) -> list[Mode]:
    known = {name: Mode.parse(name) for name in set(names)}
    return [known[name] for name in names]


def _lists(arrays: Mapping[str, SideArray]) -> Iterator[tuple[Chunk, ...]]:
    if CHUNKS not in arrays:
        return
    array = arrays[CHUNKS].array
    if array.dtype != np.uint8 or array.ndim != 1:
        raise DataError(f"the array {CHUNKS!r} is {array.dtype} {array.shape}, and no bytes")
    chunks: list[Chunk] = []
    for chunk in split_chunks(array.tobytes()):
        if chunk == _END:
            yield tuple(chunks)
            chunks = []
        else:
            chunks.append(chunk)
    if chunks:
        raise DataError(f"the array {CHUNKS!r} is truncated")


def _numbers(arrays: Mapping[str, SideArray], count: int, lists: int) -> list[int]:
    if CHUNKS_OF not in arrays:
        return [0] * count
    array = arrays[CHUNKS_OF].array
    if array.dtype.kind != "u" or (array.size and int(array.max()) >= lists):
        raise DataError(f"the array {CHUNKS_OF!r} names lists of chunks that are not there")
    numbers: list[int] = array.tolist()
    return numbers
