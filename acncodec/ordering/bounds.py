"""Lower bounds on what any order can cost in expectation, each proved by a scan of all pairs.

A *schedule* with H heads: H items pay the unconditional price, every other item has one parent
among the items before it. In a *tour* an item is a parent at most once, a head of two arms at most
twice; in a *path* (the paper's order) there is one head with one arm.

Write c(j, i) for the expected cost of i after j and u(i) for that of i alone. Let p(j) >= 0 be any
prices, to be paid by each child of j. A tour that costs C pays C + sum_j p(j) children(j) with
them, which is at most C + sum_j p(j) + sum of p over the heads that have two arms; and it pays at
least r(i) = min_{j != i} c(j, i) + p(j) for every i that is not a head. So

    C  >=  sum_i r(i) - sum_j p(j) + sum of the H smallest u(i) - r(i) - [two arms] p(i).

With p = 0 this is *nearest predecessor*, which no schedule with H heads undercuts, trees included.
The best p give the *assignment* bound, the value of the linear assignment problem (but for heads):
linear-programming duality. Any p prove it, so that they may be sought on candidate pairs alone.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.expected_costs import UNITS, ExpectedCosts
from acncodec.ordering.moves import kernel, pair_cost
from acncodec.ordering.neighbours import nearest

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ROWS = 200
PRICED = 16
"""Candidate predecessors of an item while prices are sought."""
STEPS = 600
FIRST_STEP, LAST_STEP = 0.5 * UNITS, 0.002 * UNITS


@kernel
def _cheapest_rows(table: Any, columns: Any, prices: Any, start: int, stop: int, best: Any) -> None:
    """Lower best[i] to the least of c(j, i) + p(j) over parents j in [start, stop), j != i."""
    for parent in range(start, stop):
        for child in range(len(columns)):
            if child != parent:
                cost = pair_cost(table, columns, parent, child) + prices[parent]
                best[child] = min(best[child], cost)


def cheapest_predecessors(costs: ExpectedCosts, prices: Ints) -> Ints:
    """r(i) for each item, int64 (N,), over all pairs; 0 for an item that is alone."""
    count = len(prices)
    if count < 2:
        return np.zeros(count, np.int64)
    best = np.full(count, np.iinfo(np.int64).max)
    for start in range(0, count, ROWS):
        stop = min(start + ROWS, count)
        _cheapest_rows(costs.table, costs.columns, prices, start, stop, best)
    return best


def schedule_bound(costs: ExpectedCosts, prices: Ints, heads: int, arms: int = 2) -> int:
    """What every tour with this many heads and arms a head costs at least, in units.

    prices: int64 (N,), not negative. With prices of 0 it holds for every schedule with so many
    heads. A path has one head with one arm.
    """
    cheapest = cheapest_predecessors(costs, prices)
    alone = costs.alone - cheapest - (prices if arms == 2 else 0)
    return int(cheapest.sum() - prices.sum() + np.sort(alone)[:heads].sum())


def steps(count: int) -> Floats:
    """Falling lengths of the steps of an ascent, in units."""
    return np.geomspace(FIRST_STEP, LAST_STEP, count)


def assignment_prices(costs: ExpectedCosts, codes: Ints) -> Ints:
    """Prices for the assignment bound, int64 (N,), by ascent along subgradients.

    An item that is the cheapest predecessor of several gets dearer, one of none cheaper. Only the
    nearest codes (N, D) are looked at; `schedule_bound` then looks at all.
    """
    count = len(codes)
    near = nearest(codes, PRICED)
    if not near.size:
        return np.zeros(count, np.int64)
    children = np.repeat(np.arange(count), near.shape[1])
    base = costs.pairs(near.ravel(), children).reshape(near.shape).astype(np.float64)
    prices, best = np.zeros(count), (-math.inf, np.zeros(count))
    for step in steps(STEPS):
        priced = base + prices[near]
        chosen = priced.argmin(1)
        rows = np.arange(count)
        value = float(priced[rows, chosen].sum() - prices.sum())
        if value > best[0]:
            best = value, prices
        uses = np.bincount(near[rows, chosen], minlength=count)
        prices = np.maximum(0.0, prices + step * (uses - 1.0))
    return np.rint(best[1]).astype(np.int64)
