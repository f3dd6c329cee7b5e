"""Candidates against a sort of all distances."""

from __future__ import annotations

import numpy as np
import pytest
from made_costs import made_costs

from acncodec.ordering.neighbours import candidates, nearest, nearest_to


@pytest.mark.parametrize("spread", [2, 40])
def test_the_nearest_come_first_and_ties_go_to_the_lower_index(spread: int) -> None:
    codes = np.random.default_rng(spread).integers(-spread, spread, (250, 3))
    got = nearest(codes, 9)
    for item, row in enumerate(got):
        distance = ((codes - codes[item]) ** 2).sum(1)
        others = sorted((d, other) for other, d in enumerate(distance) if other != item)
        assert row.tolist() == [other for _, other in others[:9]]


def test_candidates_are_ranked_by_both_directions() -> None:
    costs, codes = made_costs(40, seed=1)
    items, sums = candidates(costs, codes, 12, 5)
    for item in range(40):
        short = nearest(codes, 12)[item]
        here = np.full(12, item)
        both = costs.pairs(here, short) + costs.pairs(short, here)
        assert sums[item].tolist() == np.sort(both)[:5].tolist()
        assert set(items[item]) <= set(short)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_small_sets_have_few_neighbours(count: int) -> None:
    codes = np.arange(2 * count).reshape(count, 2)
    assert nearest(codes, 5).shape == (count, max(0, count - 1))


def test_the_nearest_of_some_is_the_nearest_of_all() -> None:
    codes = np.random.default_rng(5).normal(0, 100, (230, 4)).astype(np.int64)
    rows = np.array([3, 7, 8, 200, 229])
    assert np.array_equal(nearest_to(codes, rows), nearest(codes, 1)[rows, 0])
