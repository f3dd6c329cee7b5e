"""Arrays of numbers as JSON that a page makes typed arrays of."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = ("float32", "uint8", "uint16", "uint32")
"""Those that JavaScript has typed arrays of, and the page takes."""


def packed(array: NDArray[Any]) -> dict[str, str]:
    """An array of one of `TYPES`, any shape, in the order of C: its type and, in base64, its bytes,
    little-endian."""
    if array.dtype.name not in TYPES:
        raise TypeError(f"{array.dtype} is none of {', '.join(TYPES)}")
    laid = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return {"type": array.dtype.name, "base64": base64.b64encode(laid.tobytes()).decode("ascii")}


def packed_indexes(indexes: NDArray[np.integer], count: int) -> dict[str, str]:
    """Numbers below `count` in as few bytes as hold them."""
    name = next(name for name in TYPES[1:] if count - 1 <= np.iinfo(name).max)
    return packed(indexes.astype(name))
