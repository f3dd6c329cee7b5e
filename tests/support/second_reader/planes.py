"""Part of `second_reader`: what networks of any size see of an image (9.8)."""

from __future__ import annotations

import numpy as np

ONE = 2**13


def planes(values: np.ndarray, tops: np.ndarray | int) -> np.ndarray:
    """Planes (..., C + 1) of level indexes (..., C); tops: the highest, broadcast against them."""
    seen = ((4 * values - 2 * tops) * ONE + tops) // (2 * tops)
    return np.concatenate([seen, np.full_like(seen[..., :1], ONE)], axis=-1)
