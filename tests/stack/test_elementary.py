"""Integers from a range and permutations: at their price, and in the words that they always had."""

from __future__ import annotations

import math

import numpy as np
import pytest
from invertibility import check_invertibility, random_stack
from reference_stack import ReferenceStack

from acncodec.errors import CoderError, TooLargeError
from acncodec.stack.coders import check_kinds
from acncodec.stack.distributions import Rows
from acncodec.stack.elementary import Permutation, Uniform
from acncodec.stack.frequencies import proportional


@pytest.mark.parametrize("size", [1, 2, 3, 1000, 4097, 70_000, 1 << 24])
def test_uniform_costs_log2_of_its_size(size: int) -> None:
    codec = Uniform(size)
    rng = np.random.default_rng(size)
    for symbol in {0, size - 1, *rng.integers(0, size, 5).tolist()}:
        check_invertibility(codec, int(symbol), repeats=20)
        assert codec.bits(int(symbol)) == pytest.approx(math.log2(size), abs=2e-3)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 16, 17, 1000, 4097, 70_000, 1 << 24])
def test_uniform_is_a_high_and_a_low_part_in_proportion_to_what_they_hold(size: int) -> None:
    low = 1 << ((size - 1).bit_length() // 2)
    parts = np.minimum(low, size - np.arange(0, size, low))
    stack, start = random_stack(50, seed=size), random_stack(50, seed=size).words()
    reference = ReferenceStack(start, seal=False)
    for symbol in {0, size - 1, size // 2, *np.random.default_rng(size).integers(0, size, 9)}:
        place, rest = divmod(int(symbol), low)
        inner = Rows(proportional(np.ones(parts[place], np.int64))[None])
        reference.push(np.array([rest]), inner)
        reference.push(np.array([place]), Rows(proportional(parts)[None]))
        Uniform(size).push(stack, int(symbol))
        assert np.array_equal(stack.words(), reference.words())


def test_uniform_refuses_what_it_cannot_code() -> None:
    for size in (0, (1 << 24) + 1):
        with pytest.raises(CoderError):
            Uniform(size)
    with pytest.raises(CoderError):
        Uniform(5).push(random_stack(10, 0), 5)


@pytest.mark.parametrize("size", [0, 1, 2, 17, 500])
def test_permutation_costs_log2_of_the_factorial(size: int) -> None:
    order = np.random.default_rng(size).permutation(size)
    codec = Permutation(size)
    check_invertibility(codec, order)
    exact = math.lgamma(size + 1) / math.log(2)
    assert codec.bits(order) == pytest.approx(exact, rel=1e-4, abs=1e-2)


@pytest.mark.parametrize("size", [1, 2, 10, 1000, 10_000])
def test_a_permutation_on_a_stack_costs_at_most_8_bits_more(size: int) -> None:
    order = np.random.default_rng(size).permutation(size)
    stack = random_stack(100, seed=0)
    before = stack.valid_bits
    Permutation(size).push(stack, order)
    exact = math.lgamma(size + 1) / math.log(2)
    assert exact - 1 < stack.valid_bits - before < exact + 8
    assert exact - 1 < stack.ideal_bits < exact + 1


def test_what_is_no_permutation_is_refused() -> None:
    with pytest.raises(CoderError):
        Permutation(3).push(random_stack(10, 0), np.array([0, 1, 1]))


def test_so_many_classes_a_coder_tells_apart_and_no_more() -> None:
    check_kinds("ans", 1 << 16)
    check_kinds("torchac", 1 << 14)
    with pytest.raises(TooLargeError, match="16,384 classes of images, not 16,385"):
        check_kinds("torchac", (1 << 14) + 1)
