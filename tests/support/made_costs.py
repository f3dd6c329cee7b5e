"""Expected costs of items that no model made: a random table, larger for far codes."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.ordering.batches import Budget, Need, tour_sizes
from acncodec.ordering.improve import laid_layout
from acncodec.ordering.moves import BACKWARD, FORWARD, HEAD
from acncodec.ordering.tsp import cost_matrix

SPAN = 30
DIM = 3


def made_costs(count: int, seed: int) -> tuple[ExpectedCosts, NDArray[np.int64]]:
    """Costs and codes, int64 (count, DIM), of `count` items; not symmetric."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, SPAN, (count, DIM))
    grid = np.arange(SPAN)
    distance = np.abs(codes[:, :, None] - grid).reshape(count, DIM * SPAN)
    table = 300 * distance + rng.integers(0, 900, distance.shape)
    columns = codes + SPAN * np.arange(DIM)
    alone = rng.integers(5_000, 30_000, count)
    costs = ExpectedCosts(table.astype(np.uint16), columns.astype(np.int32), alone, 0.0)
    return costs, codes


def sizes_of(count: int) -> tuple[int, ...]:
    """Batch sizes as a file might have them."""
    return tour_sizes(count, Need(86.0, 25.0), Budget(60.0))


def best_of_all(costs: ExpectedCosts, sizes: tuple[int, ...]) -> int:
    """The least cost over every order."""
    layout, matrix = laid_layout(sizes), cost_matrix(costs)
    orders = np.array(list(permutations(range(sum(sizes)))))
    before, after = orders[:, :-1], orders[:, 1:]
    units = costs.alone[orders] @ layout.parts[HEAD]
    units = units + matrix[before, after] @ layout.parts[FORWARD, :-1]
    units = units + matrix[after, before] @ layout.parts[BACKWARD, :-1]
    return int(units.min())
