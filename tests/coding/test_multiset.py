"""Choosing and ranking invert each other, and return log2 N! bits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from invertibility import random_stack

from acncodec.coding.multiset import Decoded, Remaining
from acncodec.errors import CorruptionError
from acncodec.stack.ans import Stack, StackExhaustedError


@pytest.mark.parametrize("batches", [(1,), (5, 3, 2), (1,) * 10, (400, 90, 10)])
def test_bob_pushes_back_what_alice_popped(batches: tuple[int, ...]) -> None:
    stack = random_stack(1000, seed=len(batches))
    message = stack.words()
    count = sum(batches)
    remaining = Remaining(count)
    order = [remaining.pop(stack, size) for size in reversed(batches)][::-1]
    assert sorted(item for batch in order for item in batch) == list(range(count))
    refund = -stack.ideal_bits
    assert refund == pytest.approx(math.lgamma(count + 1) / math.log(2), rel=1e-3, abs=1e-3)
    decoded = Decoded()
    for batch in order:
        decoded.push(stack, [item.to_bytes(4, "big") for item in batch])
    assert np.array_equal(stack.words(), message)


def test_the_choice_is_spread_over_all_items() -> None:
    stack = random_stack(2000, seed=0)
    first = Remaining(1000).pop(stack, 200)
    assert min(first) < 50 and max(first) > 950


def test_a_repeated_item_is_a_corruption() -> None:
    with pytest.raises(CorruptionError):
        Decoded().push(random_stack(10, 0), [b"a", b"b", b"a"])


def test_too_short_a_stack_is_refused() -> None:
    with pytest.raises(StackExhaustedError):
        Remaining(10_000).pop(Stack.seeded(bytes(range(32))), 30)
