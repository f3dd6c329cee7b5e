"""What networks see of images of any number of levels: a plane a channel, and one of ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import FreezeError

Pixels = NDArray[np.integer[Any]]

PLANE_BITS = 13
"""Planes stand at 2^13: -1 to 1 in 2^14 steps, and an operand's bits do not suffice for more."""
ONE = 1 << PLANE_BITS
MAX_LEVELS = 1 << 16


def plane_operands(levels: int) -> NDArray[np.int16]:
    """What the network sees of values 0 .. L - 1: 2 v / (L - 1) - 1, rounded to the nearest
    multiple of 2^-13, halves upwards; int16 (L,). Raises `FreezeError` but for 2 to 65,536."""
    if not 2 <= levels <= MAX_LEVELS:
        raise FreezeError(f"{levels} levels; there are 2 to {MAX_LEVELS}")
    top = levels - 1
    doubled = (4 * np.arange(levels, dtype=np.int64) - 2 * top) * ONE + top
    return (doubled // (2 * top)).astype(np.int16)


def plane_rows(values: Pixels, operands: NDArray[np.int16]) -> NDArray[np.int16]:
    """The planes of values (n, C, columns), place by place: int16 (n, columns, C + 1).

    operands: int16 (L,), as `plane_operands` makes them, or (L, P), P planes for each of
    the values of one channel.
    """
    count, _, columns = values.shape
    seen = operands[values].transpose(0, 2, 1) if operands.ndim == 1 else operands[values[:, 0]]
    out = np.empty((count, columns, seen.shape[2] + 1), np.int16)
    out[..., :-1] = seen
    out[..., -1] = ONE
    return out
