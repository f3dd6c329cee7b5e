"""The neighbour table: the latest code of every training image, and searches in it."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray


def nearest(
    queries: NDArray[np.float32],
    own: NDArray[np.int64],
    table: NDArray[np.float32],
    count: int,
) -> NDArray[np.int64]:
    """Rows of the `count` nearest codes of each query, its own row left out.

    queries: (n, D); own: (n,), each query's row in `table`; table: (N, D), N > count.
    Returns (n, count), nearest first (Euclidean).
    """
    _, rows = faiss.knn(queries, table, count + 1)
    other = rows != own[:, None]
    # Drop the own row where it was found, else (ties, a stale entry) the farthest one.
    other[other.all(1), -1] = False
    found: NDArray[np.int64] = rows[other].reshape(len(queries), count)
    return found
