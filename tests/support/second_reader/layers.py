"""Part of `second_reader`: layers of integers and the windows that they look at (8.1, 8.2)."""

from __future__ import annotations

import numpy as np

FULL = 16_383
"""The limit of a layer for which none is given."""


def clamp(a: np.ndarray, n: int) -> np.ndarray:
    return np.clip(a, -n, n)


def relu(a: np.ndarray) -> np.ndarray:
    return np.maximum(a, 0)


def window(x: np.ndarray, top: int, left: int, rows: int, columns: int) -> np.ndarray:
    """A part (n, rows, columns, channels) of the maps (n, H, W, channels), zeros outside them."""
    out = np.zeros((len(x), rows, columns, x.shape[3]), np.int64)
    r, r_end = max(top, 0), max(min(top + rows, x.shape[1]), 0)
    c, c_end = max(left, 0), max(min(left + columns, x.shape[2]), 0)
    if r < r_end and c < c_end:
        out[:, r - top : r_end - top, c - left : c_end - left] = x[:, r:r_end, c:c_end]
    return out


def flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1)


def double(t: np.ndarray, height: int, width: int) -> np.ndarray:
    return t.repeat(2, axis=1).repeat(2, axis=2)[:, :height, :width]
