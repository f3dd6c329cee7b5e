"""Schedules: parents come earlier, tours are laid so that parents are neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acncodec.errors import FormatError
from acncodec.ordering.batches import Budget, Need, tour_sizes
from acncodec.ordering.schedule import Schedule, lay_tour, tour_schedule


@given(st.integers(1, 2000), st.integers(0, 2**32 - 1))
def test_every_parent_on_a_laid_tour_is_a_neighbour_on_the_tour(count: int, seed: int) -> None:
    tour = np.random.default_rng(seed).permutation(count)
    sizes = tour_sizes(count, Need(86.0, 25.0), Budget(60.0))
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


def test_all_items_of_a_batch_have_a_parent_or_none() -> None:
    assert len(Schedule((2, 1, 1), np.array([-1, -1, -1, 2])).parents) == 4
    assert len(Schedule((), np.zeros(0, np.int64)).parents) == 0
    for parents in ([-1, -1, 0], [-1, 0, -1]):
        with pytest.raises(FormatError, match="and some have none"):
            Schedule((1, 2), np.array(parents))


@pytest.mark.parametrize("sizes", [(1, 3), (4, 2, 3), (2, 0)])
def test_malformed_tours_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(FormatError):
        tour_schedule(sizes)


def test_the_first_batches_are_a_schedule_of_their_own() -> None:
    whole = tour_schedule((2, 3, 3, 1))
    for batches in range(5):
        part = whole.first_batches(batches)
        assert part.sizes == whole.sizes[:batches]
        assert np.array_equal(part.parents, whole.parents[: sum(part.sizes)])
    assert [whole.batch_of(position) for position in range(9)] == [0, 0, 1, 1, 1, 2, 2, 2, 3]
