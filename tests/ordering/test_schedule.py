"""Schedules: parents come earlier, tours are laid so that parents are neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acncodec.errors import FormatError
from acncodec.ordering.ramp import tour_sizes
from acncodec.ordering.schedule import MAX_URN, Schedule, build_schedule, lay_tour, tour_schedule


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


def test_too_large_an_urn_is_refused() -> None:
    sizes = (512,) * (MAX_URN // 512)
    assert (build_schedule("urn", sizes).parents == -1).all()
    with pytest.raises(FormatError, match="131072"):
        build_schedule("urn", (*sizes, 1))


def test_unknown_strategies_are_refused() -> None:
    with pytest.raises(FormatError):
        build_schedule("spiral", (1,))


def test_the_first_batches_are_a_schedule_of_their_own() -> None:
    whole = tour_schedule((2, 3, 3, 1))
    for batches in range(5):
        part = whole.first_batches(batches)
        assert part.sizes == whole.sizes[:batches]
        assert np.array_equal(part.parents, whole.parents[: sum(part.sizes)])
    assert [whole.batch_of(position) for position in range(9)] == [0, 0, 1, 1, 1, 2, 2, 2, 3]
