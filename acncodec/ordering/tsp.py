"""Tours by python-tsp, for small sets: exact up to a few images, else by Lin and Kernighan.

It serves as a reference for the solver of `improve`. Both minimise the mean of the two
directions' expected costs; python-tsp knows closed tours, so that a dummy item, free to reach and
to leave, stands for the two ends. Of its heuristics this one draws no random numbers; the others
draw from the generator that the whole process shares, and would give another file at each run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.errors import CoderError

Ints = NDArray[np.int64]

MAX_TSP_IMAGES = 150
"""It is a reference for small sets: below a second."""
MAX_EXACT = 9


def cost_matrix(costs: ExpectedCosts) -> Ints:
    """Expected cost of item i after item j at [j, i], int64 (N, N), in units; 0 for j = i."""
    count = len(costs.alone)
    every = np.arange(count)
    matrix = np.zeros((count, count), np.int64)
    for parent in range(count):
        matrix[parent] = costs.pairs(np.full(count, parent), every)
    np.fill_diagonal(matrix, 0)
    return matrix


def check_tsp(count: int) -> None:
    """Raise `CoderError` if there are too many images for python-tsp, or if it is missing."""
    if count > MAX_TSP_IMAGES:
        raise CoderError(
            f"the solver tsp takes at most {MAX_TSP_IMAGES} images, these are {count}; "
            "take the solver improved"
        )
    try:
        import python_tsp  # noqa: F401
    except ImportError as error:
        raise CoderError(
            "the solver tsp needs python-tsp: pip install 'acncodec[ordering]'"
        ) from error


def tsp_tour(costs: ExpectedCosts, start: Ints) -> Ints:
    """An open tour that python-tsp finds from `start`, int64 (N,). Returns int64 (N,).

    Raises `CoderError` as `check_tsp` does.
    """
    count = len(start)
    check_tsp(count)
    if count < 3:
        return start
    # Its heuristics bring libraries that are slow to import.
    from python_tsp.exact import solve_tsp_dynamic_programming
    from python_tsp.heuristics import solve_tsp_lin_kernighan

    directed = cost_matrix(costs)
    closed = np.zeros((count + 1, count + 1))
    # Halves of integers: sums are exact, so that the search, which goes on as long as a sum falls,
    # comes to an end. (Rounded ones it may take up and down for ever.)
    closed[1:, 1:] = (directed + directed.T) / 2
    if count <= MAX_EXACT:
        order, _ = solve_tsp_dynamic_programming(closed)
    else:
        order, _ = solve_tsp_lin_kernighan(closed, x0=[0, *(start + 1).tolist()])
    return np.array(order[1:], np.int64) - 1
