"""Lower bounds: below the best of all orders, and tight where they should be."""

from __future__ import annotations

import numpy as np
import pytest
from made_costs import best_of_all, made_costs, sizes_of
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import minimum_spanning_tree

from acncodec.ordering.bounds import assignment_prices, cheapest_predecessors, schedule_bound
from acncodec.ordering.improve import improved_tour, laid_units
from acncodec.ordering.spanning import spanning_bound, spanning_edges, spanning_prices
from acncodec.ordering.tours import greedy_tour
from acncodec.ordering.tsp import cost_matrix


def bounds(count: int, seed: int, heads: int, arms: int) -> list[int]:
    """All bounds, the loosest first, and with arbitrary prices at the end."""
    costs, codes = made_costs(count, seed)
    prices = assignment_prices(costs, codes)
    allowed = spanning_prices(costs, codes, prices)
    rng = np.random.default_rng(seed)
    anyhow = rng.integers(0, 3000, count), rng.integers(-3000, 3000, count)
    return [
        schedule_bound(costs, np.zeros(count, np.int64), heads, arms),
        schedule_bound(costs, prices, heads, arms),
        spanning_bound(costs, *allowed, spanning_edges(costs, *allowed), heads, arms),
        schedule_bound(costs, anyhow[0], heads, arms),
        spanning_bound(costs, *anyhow, spanning_edges(costs, *anyhow), heads, arms),
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 6, 8])
@pytest.mark.parametrize("path", [True, False])
def test_no_order_of_a_few_items_is_below_a_bound(count: int, path: bool) -> None:
    for seed in range(5):
        costs, _ = made_costs(count, seed)
        sizes = (1,) * count if path else sizes_of(count)
        best = best_of_all(costs, sizes)
        assert max(bounds(count, seed, sizes[0], 1 if path else 2)) <= best


@pytest.mark.parametrize("path", [True, False])
def test_tours_of_more_items_are_above_and_near_the_bounds(path: bool) -> None:
    count = 300
    costs, codes = made_costs(count, seed=9)
    sizes = (1,) * count if path else sizes_of(count)
    improved = laid_units(costs, improved_tour(costs, codes, greedy_tour(codes), sizes), sizes)
    nearest, assignment, spanning, *anyhow = bounds(count, 9, sizes[0], 1 if path else 2)
    assert nearest < assignment < spanning < improved < 1.15 * spanning
    assert max(anyhow) < spanning


def test_the_assignment_bound_is_nearly_the_linear_assignment() -> None:
    """Up to its one head: N items pay for predecessors there, and N - 1 here."""
    costs, codes = made_costs(120, seed=2)
    matrix = cost_matrix(costs)
    np.fill_diagonal(matrix, 10**9)
    optimum = matrix[linear_sum_assignment(matrix)].sum()
    prices = assignment_prices(costs, codes)
    dual = cheapest_predecessors(costs, prices).sum() - prices.sum()
    assert 0.99 * optimum < dual <= optimum


def test_the_tree_is_a_minimum_spanning_tree() -> None:
    costs, _ = made_costs(60, seed=5)
    rng = np.random.default_rng(5)
    prices, allowances = rng.integers(0, 2000, 60), rng.integers(-2000, 2000, 60)
    weights = cost_matrix(costs) + prices[:, None] - allowances
    weights = np.minimum(weights, weights.T) + 10**6
    tree = minimum_spanning_tree(np.triu(weights.astype(float), 1)).toarray()
    assert spanning_edges(costs, prices, allowances).sum() == tree.sum() - 59 * 10**6


def test_nothing_costs_nothing() -> None:
    costs, codes = made_costs(0, seed=0)
    none = np.zeros(0, np.int64)
    assert assignment_prices(costs, codes).size == 0
    assert schedule_bound(costs, none, 0) == 0
    assert spanning_bound(costs, none, none, spanning_edges(costs, none, none), 0) == 0
