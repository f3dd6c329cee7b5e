"""Part of `second_reader`: the vectors of a codebook (9.3, 9.11)."""

from __future__ import annotations

import numpy as np


def nearest(vectors: np.ndarray, book: np.ndarray) -> np.ndarray:
    """The lowest indexes (...) of what in `book` (K, V) is nearest to vectors (..., V)."""
    distances = ((vectors[..., None, :] - book) ** 2).sum(-1)
    return np.asarray(distances.argmin(-1))
