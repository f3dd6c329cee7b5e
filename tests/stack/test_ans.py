"""The stack: exact frequencies, refusals, the seed at its bottom."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from acncodec.errors import CoderError, CorruptionError
from acncodec.stack.ans import (
    TOTAL,
    Stack,
    StackExhaustedError,
    entropy,
    information,
    seed_words,
)

DIGEST = hashlib.sha256(b"content").digest()


def weights(shares: list[int]) -> np.ndarray:
    out = np.array([shares], np.float64)
    out[0, 0] += TOTAL - len(shares) - out.sum()
    return out


def test_frequencies_are_exactly_one_more_than_the_weights() -> None:
    # A symbol of frequency 2^23 costs one bit, one of frequency 1 costs 24, each time.
    table = np.array([[2.0**23 - 1, 2.0**23 - 2, 0.0]])
    for symbol, bits in ((0, 1.0), (2, 24.0)):
        stack = Stack.seeded(DIGEST)
        start = stack.valid_bits
        stack.push(np.full(3200, symbol), table)
        assert abs(stack.valid_bits - start - 3200 * bits) <= 1
        assert stack.ideal_bits == pytest.approx(3200 * bits)


def test_empty_stack_gives_its_seed_back() -> None:
    for blocks in (1, 3):
        stack = Stack.seeded(DIGEST, blocks)
        assert stack.valid_bits == 256 * blocks
        assert np.array_equal(stack.unsealed(), seed_words(DIGEST, blocks))
    assert seed_words(DIGEST, 2).astype("<u4").tobytes() == DIGEST + hashlib.sha256(DIGEST).digest()


def test_digests_that_end_in_zero_words_survive() -> None:
    digest = b"\1" * 8 + bytes(24)
    stack = Stack.seeded(digest)
    again = Stack(stack.words(), seal=False)
    assert again.unsealed().astype("<u4").tobytes() == digest


def test_require_refuses_what_is_not_there() -> None:
    stack = Stack.seeded(DIGEST)
    stack.require(200)
    with pytest.raises(StackExhaustedError):
        stack.require(256)


@pytest.mark.parametrize(
    "table",
    [
        np.array([[1.0, 2.0]]),
        np.array([[float(TOTAL), -2.0]]),
        np.array([[TOTAL - 2.5, 0.5]]),
        np.array([[TOTAL - 2, 0]], np.float32),
        np.array([TOTAL - 2.0, 0.0]),
        np.array([[np.nan, 0.0]]),
    ],
)
def test_wrong_weights_are_refused_both_ways(table: np.ndarray) -> None:
    stack = Stack.seeded(DIGEST)
    with pytest.raises(CoderError):
        stack.push(np.array([0]), table)
    with pytest.raises(CoderError):
        stack.pop(table)


@pytest.mark.parametrize("symbol", [-1, 2])
def test_a_symbol_outside_its_alternatives_is_refused(symbol: int) -> None:
    with pytest.raises(CoderError):
        Stack.seeded(DIGEST).push(np.array([symbol]), weights([5, 5]))


def test_malformed_words_are_a_corruption() -> None:
    with pytest.raises(CorruptionError):
        Stack(np.array([5, 0], np.uint32), seal=False)


def test_information_and_entropy_agree() -> None:
    table = weights([100, 3000, 70_000, 9])
    rng = np.random.default_rng(0)
    share = (table[0] + 1) / TOTAL
    symbols = rng.choice(4, 200_000, p=share)
    mean, variance = entropy(table)
    assert information(symbols, table) / len(symbols) == pytest.approx(mean, rel=0.05)
    assert variance >= 0
