"""Rows of arrays of any type, byte for byte."""

from __future__ import annotations

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
