"""Tours through the codes: the paper's greedy one, and the choice of a solver for a better one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.latent_space import LatentPrices
from acncodec.errors import CoderError
from acncodec.run.compiled import compiled

Ints = NDArray[np.int64]

SOLVERS = ("greedy", "improved", "tsp")
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


def greedy_tour(points: Ints, start: int = 0) -> Ints:
    """Visit the nearest unvisited point next (paper, section 3.1), ties to the lower index.

    points: int64 (N, E), those of the codes. Returns int64 (N,), a permutation. Takes time in
    N^2 E.
    """
    count, current = len(points), start
    tour = np.empty(count, np.int64)
    rest, label = points.astype(np.int32), np.arange(count)
    for done in range(0, count, STEPS):
        current = _greedy_steps(rest, label, count - done, current, tour[done : done + STEPS])
    return tour


def check_solver(solver: str, count: int) -> None:
    """Raise `CoderError` if there is no such solver, or if it does not take `count` images."""
    if solver not in SOLVERS:
        raise CoderError(f"unknown solver {solver!r}; there are {', '.join(SOLVERS)}")
    if solver == "tsp":
        from acncodec.ordering.tsp import check_tsp

        check_tsp(count)


def solve_tour(
    prices: LatentPrices,
    codes: Ints,
    sizes: tuple[int, ...],
    solver: str,
    start: Ints | None = None,
) -> Ints:
    """A tour through codes (N, *shape), to be laid in batches of `sizes`. Returns int64 (N,).

    solver: `greedy`, the paper's tour; `improved`, see `improve`; `tsp`, see `tsp`. start: the
    greedy tour, if the caller has it. Deterministic. Raises `CoderError` as `check_solver` does.
    """
    check_solver(solver, len(codes))
    tour = greedy_tour(prices.points(codes)) if start is None else start
    if solver == "greedy" or len(codes) < 2:
        return tour
    costs = prices.pairs(codes)
    if solver == "tsp":
        from acncodec.ordering.tsp import tsp_tour

        return tsp_tour(costs, tour)
    from acncodec.ordering.improve import improved_tour

    return improved_tour(costs, prices.points(codes), tour, sizes)


def solve_path(prices: LatentPrices, codes: Ints, solver: str) -> Ints:
    """A tour to be read one way, each item after its predecessor: the paper's order."""
    return solve_tour(prices, codes, (1,) * len(codes), solver)
