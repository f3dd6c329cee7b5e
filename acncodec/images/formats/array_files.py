"""All formats of files of arrays, and the one that a file is of."""

from __future__ import annotations

import os
from functools import partial
from typing import IO, Final, NoReturn

from acncodec.errors import DataError
from acncodec.images.formats import cifar
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names, Rows
from acncodec.images.formats.idx import IDX
from acncodec.images.formats.mat import MAT
from acncodec.images.formats.npy import NPY
from acncodec.images.formats.npz import NPZ
from acncodec.images.formats.parquet import PARQUET
from acncodec.images.formats.pickles import PICKLE
from acncodec.images.formats.picture import HEAD_BYTES
from acncodec.images.formats.pictures import find_format as find_picture
from acncodec.images.formats.text import TEXT

_TAKEN: Final = (
    "neither .npz, .npy, IDX, .mat, Parquet, CIFAR's binary form, a zip or tar of pictures, nor a"
    " table of numbers (CSV, .amat)"
)
KNOWN: Final = (NPZ, NPY, IDX, MAT, PARQUET, PICKLE)
"""Formats that begin in a way of their own."""


def load_arrays(file: IO[bytes], skip: Names = ()) -> tuple[Arrays, tuple[str, ...]]:
    """All arrays of a file by name but those named by `skip`, which are not looked at; and what the
    user should hear.

    Raises `DataError` if it is of no known format, or bad, or has no array of a name in `skip`.
    """
    known, size = _find(file)
    return leave_out(known.load(file, size, skip), skip), (known.note,) if known.note else ()


def leave_out(arrays: Arrays, skip: Names) -> Arrays:
    """The other arrays. Raises `DataError` if one of `skip` is not there."""
    for name in skip:
        if name not in arrays:
            there = ", ".join(map(repr, arrays))
            raise DataError(f"--skip {name!r}: there is no such array; there are {there}")
    return {name: array for name, array in arrays.items() if name not in skip}


def find_rows(file: IO[bytes]) -> Rows | None:
    """Where the images of a file lie, or None where they cannot be read in pieces.

    Raises `DataError` as `load_arrays` does.
    """
    known, size = _find(file)
    return known.find_rows(file, size)


def _find(file: IO[bytes]) -> tuple[ArrayFormat, int]:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(HEAD_BYTES)
    file.seek(0)
    if not start:
        raise DataError("the file is empty (offset 0)")
    known = next((one for one in KNOWN if one.matches(start, size)), None)
    if known is None and (picture := find_picture(start)) is not None:
        refuse = partial(_refuse_picture, name=picture.name)
        known = ArrayFormat(picture.name, lambda *_: True, refuse, refuse)
    # CIFAR's files have no signature, so they come last.
    known = known or next((one for one in cifar.FORMATS if one.matches(start, size)), None)
    if known is None and TEXT.matches(start, size):
        known = TEXT
    if known is None:
        raise DataError(f"unknown content: {_TAKEN} (offset 0)")
    return known, size


def _refuse_picture(*_file: object, name: str) -> NoReturn:
    raise DataError(f"is one picture ({name}); put it into a folder and give the folder")
