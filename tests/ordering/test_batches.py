"""Ramps: sizes add up, and no batch asks for more than the stack holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acncodec.errors import CoderError
from acncodec.ordering.batches import (
    MAX_SEED_BLOCKS,
    Budget,
    Need,
    budgets,
    head_count,
    iid_sizes,
    ramp_sizes,
    seed_blocks,
    tour_sizes,
    urn_sizes,
)
from acncodec.ordering.schedule import MAX_WIDTH

NEED = Need(86.0, 25.0)
"""About that of 16 dimensions."""


@given(st.integers(0, 3000), st.floats(0, 150), st.integers(1, 3))
def test_sizes_add_up_and_fall(count: int, gain: float, blocks: int) -> None:
    iid = iid_sizes(count, NEED, Budget(gain, blocks))
    assert sum(iid) == count and list(iid) == sorted(iid, reverse=True)
    tour = tour_sizes(count, NEED, Budget(gain, blocks))
    assert sum(tour) == count and list(tour[1:]) == sorted(tour[1:], reverse=True)
    assert all(0 < size <= MAX_WIDTH for size in (*iid, *tour))
    if len(tour) > 1:
        assert tour[1] <= 2 * tour[0]


@given(st.integers(0, 5000), st.floats(0, 150), st.integers(1, 3))
def test_an_urn_starts_narrow_and_ends_like_a_ramp(count: int, gain: float, blocks: int) -> None:
    sizes = urn_sizes(count, Need(92.0, 25.0), Budget(gain, blocks))
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
    for size in ramp_sizes(count, 512, NEED, Budget(gain)):
        assert 86.0 * size + 25 * size**0.5 + 64 <= stack
        stack += gain * size


def test_a_seed_too_short_for_one_image_is_an_error() -> None:
    with pytest.raises(CoderError):
        ramp_sizes(5, 512, Need(400.0, 25.0), Budget(100.0))


@pytest.mark.parametrize(("mean", "blocks"), [(0.0, 1), (167.0, 1), (168.0, 2), (1290.0, 6)])
def test_the_seed_is_as_long_as_one_image_needs(mean: float, blocks: int) -> None:
    assert seed_blocks(Need(mean, 25.0)) == blocks
    assert ramp_sizes(1, 512, Need(mean, 25.0), Budget(0.0, blocks)) == [1]
    if blocks > 1:
        with pytest.raises(CoderError):
            ramp_sizes(1, 512, Need(mean, 25.0), Budget(0.0, blocks - 1))


def test_what_no_seed_can_begin_is_an_error() -> None:
    with pytest.raises(CoderError, match="a stack's seed"):
        seed_blocks(Need(256.0 * MAX_SEED_BLOCKS, 25.0))


def test_budgets_trust_less_and_less_and_then_bring_more_seed() -> None:
    tried = [(budget.gain, budget.blocks) for budget in budgets(100.0, 3)]
    assert tried[:4] == [(80.0, 3), (50.0, 3), (20.0, 3), (0.0, 3)]
    assert tried[4:] == [(0.0, 6), (0.0, 12), (0.0, 24), (0.0, 48)]


@given(st.integers(1, 10**6))
def test_heads_are_few_and_never_none(count: int) -> None:
    heads = head_count(count)
    assert 1 <= heads <= 256
    assert heads <= max(1, count // 48)
