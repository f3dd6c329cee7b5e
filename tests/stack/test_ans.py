"""The stack: the words of the reference, exact tallies, refusals, the seed at its bottom."""

from __future__ import annotations

import copy
import hashlib
import pickle

import numpy as np
import pytest
from distribution_contract import message_words, random_frequencies
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_stack import ReferenceStack

from acncodec.contracts.distribution import TOTAL, Intervals
from acncodec.errors import CoderError, CorruptionError
from acncodec.stack.ans import MIN_ROOM, Stack, StackExhaustedError, seed_words
from acncodec.stack.bits import information
from acncodec.stack.distributions import Rows, Shared

DIGEST = hashlib.sha256(b"content").digest()


def edge_frequencies(rng: np.random.Generator, count: int, size: int) -> np.ndarray:
    """Rows in which one alternative has all that the others, of 1 each, leave."""
    rows = np.ones((count, size), np.int64)
    rows[np.arange(count), rng.integers(0, size, count)] = TOTAL - size + 1
    return rows


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(0, 5),
    st.booleans(),
    st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 40)), max_size=10),
)
def test_pushes_and_pops_in_any_turn_give_the_words_of_the_reference(
    seed: int, length: int, seal: bool, turns: list[tuple[bool, bool, int]]
) -> None:
    """Also of stacks that run empty on the way."""
    rng = np.random.default_rng(seed)
    message = message_words(seed, length)
    message[-1:] |= 1
    ours, theirs = Stack(message, seal=seal), ReferenceStack(message, seal=seal)
    done = []
    for pushing, edges, count in turns:
        size = int(rng.choice([1, 2, 3, 130, 1000]))
        made = Rows((edge_frequencies if edges else random_frequencies)(rng, count, size))
        if pushing:
            symbols = rng.integers(0, size, count)
            ours.push(symbols, made)
            theirs.push(symbols, made)
        else:
            symbols = ours.pop(made)
            assert np.array_equal(symbols, theirs.pop(made))
        assert np.array_equal(ours.words(), theirs.words())
        assert ours.valid_bits == theirs.valid_bits
        done.append((pushing, made, symbols))
    for pushing, made, symbols in reversed(done):
        if pushing:
            assert np.array_equal(ours.pop(made), symbols)
        else:
            ours.push(symbols, made)
    assert np.array_equal(ours.words(), [*message, 1] if seal else message)
    assert abs(ours.ideal_bits) < 1e-9


@pytest.mark.parametrize(
    "words", [[], [1], [2], [0xFFFFFFFF], [0, 1], [5, 0xFFFFFFFF], [0, 0, 1], [0] * 9 + [1]]
)
def test_words_become_a_state_and_back(words: list[int]) -> None:
    for seal in (False, True):
        given_words = np.array(words, np.uint32)
        ours, theirs = Stack(given_words, seal=seal), ReferenceStack(given_words, seal=seal)
        assert np.array_equal(ours.words(), theirs.words())
        assert ours.valid_bits == theirs.valid_bits
        try:
            left = theirs.unsealed()
        except (ValueError, AssertionError):
            with pytest.raises(CorruptionError):
                ours.unsealed()
        else:
            assert np.array_equal(ours.unsealed(), left)


def test_an_empty_stack_gives_lowest_symbols_and_takes_them_back() -> None:
    made = Rows(random_frequencies(np.random.default_rng(0), 300, 5))
    stack = Stack(np.zeros(0, np.uint32), seal=False)
    reference = ReferenceStack(np.zeros(0, np.uint32), seal=False)
    popped = stack.pop(made)
    assert not popped.any() and np.array_equal(popped, reference.pop(made))
    assert stack.valid_bits == 0 and not len(stack.words())
    stack.push(popped, made)
    assert not len(stack.words())


def test_the_words_grow_beyond_any_room() -> None:
    rng = np.random.default_rng(1)
    made = Rows(random_frequencies(rng, 20 * MIN_ROOM, 300))
    symbols = rng.integers(0, 300, len(made))
    ours, theirs = Stack.seeded(DIGEST), ReferenceStack(seed_words(DIGEST, 1), seal=True)
    for stack in (ours, theirs):
        stack.push(symbols, made)
    assert len(ours.words()) > 5 * MIN_ROOM
    assert np.array_equal(ours.words(), theirs.words())
    assert np.array_equal(ours.pop(made), symbols)
    assert np.array_equal(ours.unsealed(), seed_words(DIGEST, 1))


def test_intervals_of_several_distributions_are_pushed_at_once() -> None:
    rng = np.random.default_rng(2)
    tables = [Rows(random_frequencies(rng, 30, 6)) for _ in range(3)]
    symbols = [rng.integers(0, 6, 30) for _ in tables]
    parts = [made.interval(one) for made, one in zip(tables, symbols, strict=True)]
    stack = Stack.seeded(DIGEST)
    joined = [np.concatenate(column) for column in list(zip(*parts, strict=True))[:3]]
    stack.push_intervals(Intervals(*joined, 6))
    for made, one in zip(tables, symbols, strict=True):
        assert np.array_equal(stack.pop(made), one)
    assert np.array_equal(stack.unsealed(), seed_words(DIGEST, 1))


def test_copies_of_a_stack_go_their_own_ways() -> None:
    made = Rows(random_frequencies(np.random.default_rng(3), 50, 6))
    stack = Stack(message_words(0, 100), seal=True)
    stack.pop(made)
    copies = [copy.deepcopy(stack), pickle.loads(pickle.dumps(stack))]  # noqa: S301
    expected = stack.pop(made)
    for other in copies:
        assert other.ideal_bits != stack.ideal_bits
        assert np.array_equal(other.pop(made), expected)
        assert np.array_equal(other.words(), stack.words())
        assert other.ideal_bits == stack.ideal_bits


def test_a_symbol_costs_what_its_frequency_says() -> None:
    # A symbol of frequency 2^23 costs one bit, one of frequency 1 costs 24, each time.
    made = Shared(np.array([1 << 23, (1 << 23) - 1, 1]), 3200)
    for symbol, bits in ((0, 1.0), (2, 24.0)):
        stack = Stack.seeded(DIGEST)
        start = stack.valid_bits
        stack.push(np.full(3200, symbol), made)
        assert abs(stack.valid_bits - start - 3200 * bits) <= 1
        assert stack.ideal_bits == 3200 * bits


def test_the_tally_is_that_of_the_symbols_up_to_rounding() -> None:
    rng = np.random.default_rng(4)
    made = Rows(random_frequencies(rng, 100_000, 17))
    symbols = rng.integers(0, 17, len(made))
    stack = Stack.seeded(DIGEST)
    stack.push(symbols, made)
    assert stack.ideal_bits == pytest.approx(information(symbols, made), rel=1e-13)
    stack.pop(made)
    assert abs(stack.ideal_bits) < 1e-9


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


@pytest.mark.parametrize("symbol", [-1, 2])
def test_a_symbol_outside_its_alternatives_leaves_the_stack_as_it_was(symbol: int) -> None:
    stack = Stack.seeded(DIGEST)
    with pytest.raises(CoderError):
        stack.push(np.array([0, symbol]), Shared(np.array([6, TOTAL - 6]), 2))
    assert np.array_equal(stack.unsealed(), seed_words(DIGEST, 1))


def test_malformed_words_are_a_corruption() -> None:
    with pytest.raises(CorruptionError):
        Stack(np.array([5, 0], np.uint32), seal=False)
