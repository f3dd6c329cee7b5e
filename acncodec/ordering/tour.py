"""Tours through the codes: the paper's greedy nearest-neighbour tour."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _greedy(codes: Any, start: int) -> Any:
    count, dims = codes.shape
    tour = np.empty(count, np.int64)
    rest = codes.copy()
    label = np.arange(count)
    current = start
    for step in range(count):
        tour[step] = label[current]
        here = rest[current].copy()
        # The last remaining item takes the visited one's place, so that the rest is dense.
        last = count - step - 1
        rest[current] = rest[last]
        label[current] = label[last]
        best, current = np.int64(1) << 62, 0
        for other in range(last):
            distance = np.int64(0)
            for d in range(dims):
                difference = np.int64(rest[other, d] - here[d])
                distance += difference * difference
            if distance < best or (distance == best and label[other] < label[current]):
                best, current = distance, other
    return tour


def greedy_tour(codes: Ints, start: int = 0) -> Ints:
    """Visit the nearest unvisited code next (paper, section 3.1), ties to the lower index.

    codes: int64 (N, D) in grid steps. Returns int64 (N,), a permutation. Takes time in N^2 D.
    """
    if not len(codes):
        return np.zeros(0, np.int64)
    tour: Ints = _greedy(codes.astype(np.int32), start)
    return tour
