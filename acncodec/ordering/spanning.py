"""A lower bound that knows that orders have no circles: minimum spanning forests with prices.

The bounds of `bounds` let items be each other's parents. Take prices p(j) >= 0 of parents as
there, and any allowances b(i) of children. A pair {i, j} is then worth at least

    w(i, j) = min(c(i, j) + p(i) - b(j), c(j, i) + p(j) - b(i)),

and since the pairs of a schedule with H heads form a forest of N - H edges, a tour costs at least

    C  >=  F + sum_i b(i) - sum_j p(j) + sum of the H smallest u(i) - b(i) - [two arms] p(i),

with F the least weight of such a forest: the N - H lightest edges of a minimum spanning tree
(Kruskal). The best p and b are those of Held and Karp (1971), whose trees, after their prices, are
nearly tours. They are sought on candidate pairs; the tree that proves the bound is one through all
pairs (Prim).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree

from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.ordering.bounds import steps
from acncodec.ordering.moves import kernel, pair_cost
from acncodec.ordering.neighbours import nearest

Ints = NDArray[np.int64]

JOINED = 12
"""Candidate neighbours of an item while prices are sought."""
STEPS = 300
MOMENTUM = 0.3
ADDED = 100
"""Items joined to the tree between two chances for an interrupt to be heard."""


@kernel
def _grow(
    table: Any, columns: Any, prices: Any, allowances: Any, distance: Any, last: int, edges: Any
) -> int:
    """Prim: join the nearest item to the tree, once for each of `edges`, which takes the weight.

    distance: int64 (2, N), the least weight between an item and the tree, and whether it is in it.
    `last` was joined last; returns the one that now was.
    """
    count = len(columns)
    for added in range(len(edges)):
        nearest_item = -1
        for item in range(count):
            if distance[1, item]:
                continue
            there = pair_cost(table, columns, last, item) + prices[last] - allowances[item]
            back = pair_cost(table, columns, item, last) + prices[item] - allowances[last]
            distance[0, item] = min(distance[0, item], there, back)
            if nearest_item < 0 or distance[0, item] < distance[0, nearest_item]:
                nearest_item = item
        edges[added] = distance[0, nearest_item]
        distance[1, nearest_item] = 1
        last = nearest_item
    return last


def spanning_edges(costs: ExpectedCosts, prices: Ints, allowances: Ints) -> Ints:
    """The weights of a minimum spanning tree through all pairs, int64 (N - 1,)."""
    count = len(prices)
    edges = np.zeros(max(0, count - 1), np.int64)
    if not len(edges):
        return edges
    distance = np.zeros((2, count), np.int64)
    distance[0] = np.iinfo(np.int64).max
    distance[1, 0] = 1
    last = 0
    for start in range(0, len(edges), ADDED):
        last = _grow(
            costs.table, costs.columns, prices, allowances, distance, last,
            edges[start : start + ADDED],
        )  # fmt: skip
    return edges


def spanning_bound(
    costs: ExpectedCosts, prices: Ints, allowances: Ints, edges: Ints, heads: int, arms: int = 2
) -> int:
    """What every tour with this many heads and arms a head costs at least, in units.

    prices, not negative, and allowances: int64 (N,); edges: theirs, by `spanning_edges`.
    """
    alone = costs.alone - allowances - (prices if arms == 2 else 0)
    forest = np.sort(edges)[: max(0, len(prices) - heads)].sum()
    return int(forest + allowances.sum() - prices.sum() + np.sort(alone)[:heads].sum())


def spanning_prices(costs: ExpectedCosts, codes: Ints, prices: Ints) -> tuple[Ints, Ints]:
    """Prices and allowances for the spanning bound, each int64 (N,), by ascent along subgradients.

    codes: int64 (N, D); prices: where to start, those of the assignment bound.
    """
    count = len(codes)
    near = nearest(codes, JOINED)
    if not near.size:
        return prices, np.zeros(count, np.int64)
    here = np.repeat(np.arange(count), near.shape[1])
    pairs = np.unique(np.minimum(here, near.ravel()) * count + np.maximum(here, near.ravel()))
    low, high = pairs // count, pairs % count
    up, down = costs.pairs(low, high), costs.pairs(high, low)
    price = prices.astype(np.float64)
    allowance = np.full(count, np.inf)
    np.minimum.at(allowance, high, up + price[low])
    np.minimum.at(allowance, low, down + price[high])
    best: tuple[float, Any, Any] = (-np.inf, price, allowance)
    drift = np.zeros((2, count))
    for step in steps(STEPS):
        upwards = up + price[low] - allowance[high]
        downwards = down + price[high] - allowance[low]
        weights = np.minimum(upwards, downwards)
        # scipy takes an edge of weight 0 for none.
        lightest = weights.min() - 1.0
        # Older SciPy takes indices of 32 bits alone here.
        ends = low.astype(np.int32), high.astype(np.int32)
        graph = csr_array((weights - lightest, ends), shape=(count, count))
        tree = minimum_spanning_tree(graph).tocoo()
        edges = np.searchsorted(pairs, tree.row.astype(np.int64) * count + tree.col)
        value = float(weights[edges].sum() + allowance.sum() - price.sum())
        if value > best[0]:
            best = value, price, allowance
        rising = upwards[edges] <= downwards[edges]
        parents = np.where(rising, low[edges], high[edges])
        children = np.where(rising, high[edges], low[edges])
        ascent = np.stack([
            np.bincount(parents, minlength=count) - 1.0,
            1.0 - np.bincount(children, minlength=count),
        ])  # fmt: skip
        drift = MOMENTUM * drift + (1.0 - MOMENTUM) * ascent
        price = np.maximum(0.0, price + step * drift[0])
        allowance = allowance + step * drift[1]
    return np.rint(best[1]).astype(np.int64), np.rint(best[2]).astype(np.int64)
