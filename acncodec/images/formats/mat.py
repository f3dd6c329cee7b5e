"""MATLAB's .mat files, up to version 7: arrays of numbers, and structures of such."""

from __future__ import annotations

from typing import IO, Final

import numpy as np

from acncodec.errors import DataError, SkippableError
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names
from acncodec.images.formats.mat_elements import HEADER_BYTES, read_elements
from acncodec.images.reading import MAX_BYTES, check_total, read_exactly
from acncodec.images.spec import MAX_CHANNELS

MAGIC: Final = b"MATLAB 5.0 MAT-file"
NEWER: Final = b"MATLAB 7.3 MAT-file"
_MARKS: Final = {b"IM": "<", b"MI": ">"}


def load_mat(file: IO[bytes], size: int, skip: Names = (), *, max_bytes: int = MAX_BYTES) -> Arrays:
    """Read all arrays of a .mat file, C-contiguous, of the types that MATLAB has them in; the
    fields of a structure as `structure/field`.

    Where images lie along the last axis, (H, W, N) or (H, W, C, N), it becomes the first; a row
    (1, N) of as many entries becomes a column.

    Args:
        file: stands at its start; size: its bytes.
        skip: names of arrays, or of structures, that are left out; an empty one stands for each.
        max_bytes: the most that all arrays may take.

    Raises:
        DataError: malformed, or with something that is no array of numbers, logicals or text.
    """
    check_total(size, max_bytes)
    data = read_exactly(file, size, "the .mat").data
    mark = bytes(data[126:HEADER_BYTES])
    if mark not in _MARKS:
        raise DataError("the .mat says no byte order (offset 126)")
    arrays: Arrays = {}
    for name, value in read_elements(data[HEADER_BYTES:], _MARKS[mark], max_bytes):
        top = name.split("/")[0]
        if top in skip or name in skip:
            arrays[top if top in skip else name] = np.empty(0)
        elif isinstance(value, str):
            raise SkippableError.of(
                f"{name!r} is {value}, and arrays of numbers, logicals and text, and single"
                " structures of these, are taken",
                name,
            )
        elif name in arrays:
            raise DataError(f"the array {name!r} is there twice")
        else:
            arrays[name] = value
    return _images_first(arrays)


def _images_first(arrays: Arrays) -> Arrays:
    """C-contiguous arrays, the axis of images the first where others tell which it is."""
    lengths = {max(one.shape) for one in arrays.values() if one.ndim == 2 and 1 in one.shape}
    moved, counts = {}, set()
    for name, array in arrays.items():
        told = array.ndim in (3, 4) and array.shape[-1] in lengths and len(array) not in lengths
        colours = array.ndim == 4 and array.shape[2] <= MAX_CHANNELS < array.shape[3]
        moved[name] = np.moveaxis(array, -1, 0) if told or colours else array
        if len(array) > 1 and array.shape[1:] != (1,):
            counts.add(len(moved[name]))
    for name, array in arrays.items():
        if array.ndim == 2 and len(array) == 1 and array.shape[1] in counts:
            moved[name] = array.T
    return {name: np.ascontiguousarray(array) for name, array in moved.items()}


def _matches(start: bytes, _size: int) -> bool:
    return start.startswith((MAGIC, NEWER))


def _load(file: IO[bytes], size: int, skip: Names) -> Arrays:
    if file.read(len(NEWER)) == NEWER:
        raise DataError(
            "is a .mat of version 7.3, which is HDF5; save it as version 7, with"
            " save('a.mat', '-v7') in MATLAB, or its arrays with numpy.savez"
        )
    file.seek(0)
    return load_mat(file, size, skip)


MAT = ArrayFormat(
    ".mat", _matches, _load,
    note="the arrays of the .mat come back, not the file; images that lay along the last axis lie"
    " along the first",
)  # fmt: skip
