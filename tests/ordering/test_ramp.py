"""Ramps: sizes add up, and no batch asks for more than the stack holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acncodec.errors import CoderError
from acncodec.ordering.ramp import head_count, iid_sizes, ramp_sizes, tour_sizes, urn_sizes
from acncodec.ordering.schedule import MAX_WIDTH


@given(st.integers(0, 3000), st.floats(0, 150), st.integers(1, 3))
def test_sizes_add_up_and_fall(count: int, gain: float, blocks: int) -> None:
    iid = iid_sizes(count, 86.0, gain, blocks)
    assert sum(iid) == count and list(iid) == sorted(iid, reverse=True)
    tour = tour_sizes(count, 86.0, gain, blocks)
    assert sum(tour) == count and list(tour[1:]) == sorted(tour[1:], reverse=True)
    assert all(0 < size <= MAX_WIDTH for size in (*iid, *tour))
    if len(tour) > 1:
        assert tour[1] <= 2 * tour[0]


@given(st.integers(0, 5000), st.floats(0, 150), st.integers(1, 3))
def test_an_urn_starts_narrow_and_ends_like_a_ramp(count: int, gain: float, blocks: int) -> None:
    sizes = urn_sizes(count, 92.0, gain, blocks)
    assert sum(sizes) == count and all(0 < size <= MAX_WIDTH for size in sizes)
    before = 0
    for size in sizes:
        assert size <= max(16, before / 2)
        before += size
    stack = 256.0 * blocks
    for size in reversed(sizes):
        assert 92.0 * size + 25 * size**0.5 + 64 <= stack
        stack += gain * size


@given(st.integers(1, 3000), st.floats(0, 150))
def test_a_ramp_never_asks_for_more_than_the_stack_holds(count: int, gain: float) -> None:
    stack = 256.0
    for size in ramp_sizes(count, 512, 86.0, gain, 1):
        assert 86.0 * size + 25 * size**0.5 + 64 <= stack
        stack += gain * size


def test_a_seed_too_short_for_one_image_is_an_error() -> None:
    with pytest.raises(CoderError):
        ramp_sizes(5, 512, 400.0, 100.0, 1)


@given(st.integers(1, 10**6))
def test_heads_are_few_and_never_none(count: int) -> None:
    heads = head_count(count)
    assert 1 <= heads <= 256
    assert heads <= max(1, count // 48)
