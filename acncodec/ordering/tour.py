"""Tours through the codes: the paper's greedy nearest-neighbour tour."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.compiled import compiled

Ints = NDArray[np.int64]


STEPS = 500
"""Steps between two chances for an interrupt to be heard."""


@compiled()
def _greedy_steps(rest: Any, label: Any, left: int, current: int, tour: Any) -> int:
    """Fill `tour` from the `left` items in rest[:left], starting at `current`; where to go on."""
    dims = rest.shape[1]
    for step in range(len(tour)):
        tour[step] = label[current]
        here = rest[current].copy()
        # The last remaining item takes the visited one's place, so that the rest is dense.
        last = left - step - 1
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
    return current


def greedy_tour(codes: Ints, start: int = 0) -> Ints:
    """Visit the nearest unvisited code next (paper, section 3.1), ties to the lower index.

    codes: int64 (N, D) in grid steps. Returns int64 (N,), a permutation. Takes time in N^2 D.
    """
    count, current = len(codes), start
    tour = np.empty(count, np.int64)
    rest, label = codes.astype(np.int32), np.arange(count)
    for done in range(0, count, STEPS):
        current = _greedy_steps(rest, label, count - done, current, tour[done : done + STEPS])
    return tour
