"""Schedules: parents come earlier, tours are laid so that parents are neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acncodec.errors import CoderError, FormatError
from acncodec.ordering.ramp import iid_sizes, ramp_sizes, tour_sizes
from acncodec.ordering.schedule import MAX_WIDTH, Schedule, build_schedule, lay_tour, tour_schedule


@given(st.integers(0, 3000), st.floats(0, 150), st.integers(1, 3))
def test_sizes_add_up_and_fall(count: int, gain: float, blocks: int) -> None:
    iid = iid_sizes(count, 86.0, gain, blocks)
    assert sum(iid) == count and list(iid) == sorted(iid, reverse=True)
    tour = tour_sizes(count, 86.0, gain, blocks)
    assert sum(tour) == count and list(tour[1:]) == sorted(tour[1:], reverse=True)
    assert all(0 < size <= MAX_WIDTH for size in (*iid, *tour))
    if len(tour) > 1:
        assert tour[1] <= 2 * tour[0]


@given(st.integers(1, 3000), st.floats(0, 150))
def test_a_ramp_never_asks_for_more_than_the_stack_holds(count: int, gain: float) -> None:
    stack = 256.0
    for size in ramp_sizes(count, 512, 86.0, gain, 1):
        assert 86.0 * size + 25 * size**0.5 + 64 <= stack
        stack += gain * size


def test_a_seed_too_short_for_one_image_is_an_error() -> None:
    with pytest.raises(CoderError):
        ramp_sizes(5, 512, 400.0, 100.0, 1)


@given(st.integers(1, 2000), st.integers(0, 2**32 - 1))
def test_every_parent_on_a_laid_tour_is_a_neighbour_on_the_tour(count: int, seed: int) -> None:
    tour = np.random.default_rng(seed).permutation(count)
    sizes = tour_sizes(count, 86.0, 60.0, 1)
    schedule, order = tour_schedule(sizes), lay_tour(tour, sizes)
    assert np.array_equal(np.sort(order), np.arange(count))
    place = np.empty(count, np.int64)
    place[tour] = np.arange(count)
    has = schedule.parents >= 0
    assert (~has).sum() == sizes[0]
    distance = place[order[has]] - place[order[schedule.parents[has]]]
    assert (np.abs(distance) == 1).all()


def test_parents_must_come_from_earlier_batches() -> None:
    Schedule((1, 2), np.array([-1, 0, 0]))
    for parents in ([-1, 0, 1], [0, 0, 0], [-1, -2, 0]):
        with pytest.raises(FormatError):
            Schedule((1, 2), np.array(parents))
    with pytest.raises(FormatError):
        Schedule((1, 1), np.array([-1, -1, -1]))


@pytest.mark.parametrize("sizes", [(1, 3), (4, 2, 3), (2, 0)])
def test_malformed_tours_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(FormatError):
        build_schedule("tour", sizes)


def test_unknown_strategies_are_refused() -> None:
    with pytest.raises(FormatError):
        build_schedule("urn", (1,))
