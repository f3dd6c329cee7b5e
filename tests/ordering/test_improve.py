"""The improved tour: a permutation, no dearer than its start, and the best one of a few items."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_costs import best_of_all, made_costs, sizes_of
from python_tsp.exact import solve_tsp_dynamic_programming

from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.ordering import improve
from acncodec.ordering.improve import (
    CANDIDATES,
    REACH,
    SHORTLIST,
    Search,
    even_layout,
    improved_tour,
    kicks_for,
    laid_units,
)
from acncodec.ordering.neighbours import candidates
from acncodec.ordering.schedule import lay_tour, tour_schedule
from acncodec.ordering.tours import greedy_tour
from acncodec.ordering.tsp import cost_matrix


def schedule_units(costs: ExpectedCosts, tour: np.ndarray, sizes: tuple[int, ...]) -> int:
    """The cost of the schedule itself, parent by parent."""
    schedule, order = tour_schedule(sizes), lay_tour(tour, sizes)
    has = schedule.parents >= 0
    given_ = costs.pairs(order[schedule.parents[has]], order[has]).sum()
    return int(given_ + costs.alone[order[~has]].sum())


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 1500), st.integers(0, 2**32 - 1))
def test_what_is_priced_is_what_the_schedule_uses(count: int, seed: int) -> None:
    costs, _ = made_costs(count, seed)
    tour = np.random.default_rng(seed).permutation(count)
    for sizes in (sizes_of(count), (1,) * count):
        assert laid_units(costs, tour, sizes) == schedule_units(costs, tour, sizes)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 200), st.integers(0, 2**32 - 1), st.booleans())
def test_a_permutation_that_is_no_dearer_than_its_start(count: int, seed: int, path: bool) -> None:
    costs, codes = made_costs(count, seed)
    start = np.random.default_rng(seed).permutation(count)
    sizes = (1,) * count if path else sizes_of(count)
    tour = improved_tour(costs, codes, start, sizes)
    assert np.array_equal(np.sort(tour), np.arange(count))
    assert laid_units(costs, tour, sizes) <= laid_units(costs, start, sizes)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8])
@pytest.mark.parametrize("path", [True, False])
def test_the_best_of_all_orders_of_a_few_items(count: int, path: bool) -> None:
    for seed in range(5):
        costs, codes = made_costs(count, seed)
        sizes = (1,) * count if path else sizes_of(count)
        tour = improved_tour(costs, codes, np.arange(count), sizes)
        assert np.array_equal(np.sort(tour), np.arange(count))
        assert laid_units(costs, tour, sizes) == (best_of_all(costs, sizes) if count else 0)


def test_the_even_search_finds_what_dynamic_programming_proves_best() -> None:
    for seed in range(6):
        costs, codes = made_costs(10, seed)
        layout = even_layout(10)
        search = Search(costs, greedy_tour(codes))
        near = candidates(costs, codes, SHORTLIST, CANDIDATES)
        rng = np.random.default_rng(0)
        search.improve(layout, near, REACH["even"], kicks_for("even", 10), rng)
        closed = np.zeros((11, 11))
        closed[1:, 1:] = cost_matrix(costs) + cost_matrix(costs).T
        _, best = solve_tsp_dynamic_programming(closed)
        assert search.units(layout) == best


def test_the_same_input_gives_the_same_tour_however_it_is_interrupted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    costs, codes = made_costs(150, seed=3)
    start, sizes = greedy_tour(codes), sizes_of(150)
    one = improved_tour(costs, codes, start, sizes)
    assert np.array_equal(improved_tour(costs, codes, start, sizes), one)
    assert not np.array_equal(one, start)
    other = improved_tour(costs, codes, start, sizes, seed=1)
    assert laid_units(costs, other, sizes) == pytest.approx(laid_units(costs, one, sizes), rel=0.02)
    # A log that is soon full changes where a descent stops, never what the tour is.
    monkeypatch.setattr(improve, "LOG", 40)
    assert np.array_equal(np.sort(improved_tour(costs, codes, start, sizes)), np.arange(150))


def test_improvement_is_large_on_real_structure() -> None:
    """The greedy tour of scattered codes ends in long ways back; the improved one has none."""
    costs, codes = made_costs(400, seed=4)
    start, sizes = greedy_tour(codes), sizes_of(400)
    improved = laid_units(costs, improved_tour(costs, codes, start, sizes), sizes)
    assert improved < 0.9 * laid_units(costs, start, sizes)
