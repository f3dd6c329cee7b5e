"""The choice of a solver for tours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import CoderError
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.expected import expected_costs
from acncodec.ordering.improve import improved_tour
from acncodec.ordering.tour import greedy_tour
from acncodec.ordering.tsp import check_tsp, tsp_tour

Ints = NDArray[np.int64]

SOLVERS = ("greedy", "improved", "tsp")


def check_solver(solver: str, count: int) -> None:
    """Raise `CoderError` if there is no such solver, or if it does not take `count` images."""
    if solver not in SOLVERS:
        raise CoderError(f"unknown solver {solver!r}; there are {', '.join(SOLVERS)}")
    if solver == "tsp":
        check_tsp(count)


def solve_tour(
    model: FrozenModel, codes: Ints, sizes: tuple[int, ...], solver: str, start: Ints | None = None
) -> Ints:
    """A tour through codes (N, D), to be laid in batches of `sizes`. Returns int64 (N,).

    solver: `greedy`, the paper's tour; `improved`, see `improve`; `tsp`, see `tsp`. start: the
    greedy tour, if the caller has it. Deterministic. Raises `CoderError` as `check_solver` does.
    """
    check_solver(solver, len(codes))
    tour = greedy_tour(codes) if start is None else start
    if solver == "greedy" or len(codes) < 2:
        return tour
    costs = expected_costs(model, codes)
    if solver == "tsp":
        return tsp_tour(costs, tour)
    return improved_tour(costs, codes, tour, sizes)


def solve_path(model: FrozenModel, codes: Ints, solver: str) -> Ints:
    """A tour to be read one way, each item after its predecessor: the paper's order."""
    return solve_tour(model, codes, (1,) * len(codes), solver)
