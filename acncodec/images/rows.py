"""Rows of arrays of any type, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.images.formats.npy import raw_view


def take_rows(array: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """`array[rows]`, dtype and all bytes kept: NumPy widens text of no characters to one when it
    indexes, and `raw_view` says what it does to structures."""
    if array.dtype.itemsize == 0:
        return np.ndarray((len(rows), *array.shape[1:]), array.dtype)
    taken: NDArray[Any] = raw_view(array)[rows].view(array.dtype)
    return taken


def slice_rows(array: NDArray[Any], start: int, stop: int) -> NDArray[Any]:
    """A copy of `array[start:stop]`, dtype and all bytes kept, in the order (C or Fortran) of the
    whole."""
    return join_rows([array[start:stop]], fortran=_is_fortran(array))


def join_rows(arrays: Sequence[NDArray[Any]], *, fortran: bool | None = None) -> NDArray[Any]:
    """All rows of arrays of one dtype, one array after the other, all bytes kept.

    fortran: whether they lie in Fortran's order; by default where those of all arrays do.
    """
    dtype, rest = arrays[0].dtype, arrays[0].shape[1:]
    shape = (sum(map(len, arrays)), *rest)
    if dtype.itemsize == 0:
        return np.ndarray(shape, dtype)
    if fortran is None:
        # A single row lies in both orders.
        alike = all(array.flags.f_contiguous for array in arrays)
        fortran = alike and any(map(_is_fortran, arrays))
    whole = np.empty(shape, dtype, order="F" if fortran else "C")
    opaque, start = f"V{dtype.itemsize}", 0
    for array in arrays:
        whole[start : start + len(array)].view(opaque)[...] = array.view(opaque)
        start += len(array)
    return whole


def _is_fortran(array: NDArray[Any]) -> bool:
    return bool(array.flags.f_contiguous and not array.flags.c_contiguous)
