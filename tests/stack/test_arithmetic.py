"""The arithmetic coder as a stack: Bob undoes Alice, byte for byte."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from distribution_contract import random_frequencies
from hypothesis import given, settings
from hypothesis import strategies as st
from optional import needs_torchac

from acncodec.contracts.distribution import TOTAL
from acncodec.errors import CoderError, CorruptionError
from acncodec.stack.ans import StackExhaustedError, seed_words
from acncodec.stack.arithmetic import (
    CHUNK_WEIGHT,
    ArithmeticStack,
    interval_starts,
    sure_bytes,
    symbol_weight,
)
from acncodec.stack.distributions import Rows, Shared
from acncodec.stack.elementary import Permutation, Uniform
from acncodec.stack.even import Even
from acncodec.stack.torchac_backend import MAX_ALTERNATIVES, KnownSymbols, encode_intervals

pytestmark = needs_torchac


def random_rows(rng: np.random.Generator, count: int, size: int) -> Rows:
    return Rows(random_frequencies(rng, count, size))


def alice(content: bytes) -> ArithmeticStack:
    return ArithmeticStack(content, writing=True)


def bob(content: bytes) -> ArithmeticStack:
    return ArithmeticStack(content, writing=False)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.booleans(), st.integers(0, 70)), max_size=12))
def test_pushes_and_pops_in_any_turn_are_undone(seed: int, turns: list[tuple[bool, int]]) -> None:
    rng = np.random.default_rng(seed)
    message = rng.bytes(4000)
    stack, done = alice(message), []
    for pushing, count in turns:
        size = int(rng.choice([1, 2, 3, 4, 130, 1000]))
        made = random_rows(rng, count, size)
        if pushing:
            symbols = rng.integers(0, size, count)
            stack.push(symbols, made)
        else:
            symbols = stack.pop(made)
        done.append((pushing, made, symbols))
    payload = stack.payload()
    # Each turn ends at most one chunk of these few symbols: three bytes are plenty for one.
    assert 0 <= 8 * (len(payload) - len(message)) - stack.ideal_bits <= 24 * len(turns)
    again = bob(payload)
    for pushing, made, symbols in reversed(done):
        if pushing:
            assert np.array_equal(again.pop(made), symbols)
        else:
            again.push(symbols, made)
    assert again.remainder() == message


@pytest.mark.parametrize("size", [2, 3, 50])
def test_chunks_end_at_the_same_symbols_however_they_are_asked_for(size: int) -> None:
    rng = np.random.default_rng(size)
    count = 2 * CHUNK_WEIGHT // symbol_weight(size) + 100
    row, message = random_frequencies(rng, 1, size)[0], rng.bytes(60_000)
    few = random_rows(rng, 7, 200)
    symbols, drawn = rng.integers(0, size, count), rng.integers(0, 200, 7)
    stack = alice(message)
    first = stack.pop(Shared(row, 10)), stack.pop(Shared(row, count))
    stack.push(symbols, Shared(row, count))
    stack.push(drawn, few)
    again = bob(stack.payload())
    assert np.array_equal(again.pop(few), drawn)
    parts = (1, count // 3, count - 1 - count // 3)
    steps = [again.pop(Shared(row, part)) for part in parts]
    assert np.array_equal(np.concatenate(steps), symbols)
    flat = np.concatenate(first)
    for part in (flat[50:], flat[3:50], flat[:3]):
        again.push(part, Shared(row, len(part)))
    assert again.remainder() == message


def test_what_alice_pops_follows_the_frequencies() -> None:
    made = Shared(np.array([TOTAL * 3 // 4, TOTAL // 4]), 20_000)
    symbols = alice(np.random.default_rng(0).bytes(40_000)).pop(made)
    assert symbols.mean() == pytest.approx(0.25, abs=0.02)


def test_codecs_that_push_one_symbol_at_a_time() -> None:
    message = np.random.default_rng(1).bytes(500)
    order = np.random.default_rng(2).permutation(700)
    stack = alice(message)
    choices = [Uniform(size).pop(stack) for size in (1, 2, 4097, 1 << 24)]
    Permutation(700).push(stack, order)
    again = bob(stack.payload())
    assert np.array_equal(Permutation(700).pop(again), order)
    for size, choice in reversed(list(zip((1, 2, 4097, 1 << 24), choices, strict=True))):
        Uniform(size).push(again, choice)
    assert again.remainder() == message


@pytest.mark.parametrize("size", [1, 2, 3, 129, MAX_ALTERNATIVES])
def test_every_alternative_keeps_an_interval(size: int) -> None:
    rng = np.random.default_rng(size)
    frequencies = random_frequencies(rng, 5, size)
    starts = interval_starts(frequencies)
    assert starts.shape == (5, size + 1)
    assert (starts[:, 0] == 0).all() and (starts[:, -1] == 1 << 16).all()
    assert np.diff(starts, axis=1).min() >= 1
    exact = frequencies * ((1 << 16) - size) / TOTAL + 1
    assert np.abs(np.diff(starts, axis=1) - exact).max() < 1


def test_too_many_alternatives_are_refused() -> None:
    size = MAX_ALTERNATIVES + 1
    made = random_rows(np.random.default_rng(0), 1, size)
    with pytest.raises(CoderError, match="alternatives"):
        alice(bytes(100)).push(np.array([0]), made)
    with pytest.raises(CoderError, match="alternatives"):
        alice(bytes(100)).pop(made)


def test_bad_symbols_are_refused() -> None:
    made = random_rows(np.random.default_rng(0), 2, 5)
    for symbols in ([5, 0], [-1, 0], [0]):
        with pytest.raises(CoderError):
            alice(b"").push(np.array(symbols), made)


def test_sure_bytes_do_not_depend_on_what_follows() -> None:
    """From any bytes: coding what was decoded gives the sure ones back, and nearly all."""
    rng = np.random.default_rng(3)
    lost = []
    for _ in range(300):
        content, size = rng.bytes(200), int(rng.integers(2, 20))
        known = KnownSymbols(100)
        known.decode(content, interval_starts(random_frequencies(rng, 50, size)), 50)
        chunk = known.encode()
        length = sure_bytes(chunk)
        assert chunk[:length] == content[:length]
        lost.append(len(chunk) - length)
    assert 1 <= np.mean(lost) < 2


@pytest.mark.parametrize(
    ("bits", "length"),
    [("01000000", 0), ("10000000", 0), ("11111111", 0), ("0000000001000000", 1),
     ("1010101001111100", 1), ("1010101011110000", 0), ("101010101111000010000000", 1),
     ("010101011010101000011000", 2)],
)  # fmt: skip
def test_sure_bytes_of_known_ends(bits: str, length: int) -> None:
    assert sure_bytes(int(bits, 2).to_bytes(len(bits) // 8, "big")) == length


def test_the_coder_is_the_one_that_the_format_describes() -> None:
    """A second coder, written from FORMAT.md, gives the same bytes."""

    def encode(intervals: list[tuple[int, int]]) -> bytes:
        low, width, bits, pending = 0, 1 << 32, "", 0
        high = width - 1

        def emit(bit: int) -> None:
            nonlocal bits, pending
            bits += str(bit) + str(1 - bit) * pending
            pending = 0

        for start, end in intervals:
            span = high - low + 1
            low, high = low + (span * start >> 16), low + (span * end >> 16) - 1
            while True:
                if high < 1 << 31:
                    emit(0)
                elif low >= 1 << 31:
                    emit(1)
                    low, high = low - (1 << 31), high - (1 << 31)
                elif low >= 1 << 30 and high < 3 << 30:
                    pending += 1
                    low, high = low - (1 << 30), high - (1 << 30)
                else:
                    break
                low, high = 2 * low, 2 * high + 1
        pending += 1
        emit(0 if low < 1 << 30 else 1)
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big")

    rng = np.random.default_rng(4)
    for count in (1, 2, 10, 3000):
        ends = np.sort(rng.integers(0, (1 << 16) + 1, (count, 2)), axis=1)
        ends[:, 1] += ends[:, 0] == ends[:, 1]
        ends[ends[:, 1] > 1 << 16] = (0, 1 << 16)
        expected = encode([(int(low), int(high)) for low, high in ends])
        assert encode_intervals(ends[:, 0], ends[:, 1]) == expected


def test_the_seed_is_a_hash_chain() -> None:
    digest = hashlib.sha256(b"seed").digest()
    stack = ArithmeticStack.seeded(digest, 3)
    assert stack.valid_bits == 3 * 256
    assert stack.payload() == seed_words(digest, 3).tobytes()
    assert bob(stack.payload()).remainder()[32:64] == hashlib.sha256(digest).digest()


def test_a_short_stack_is_exhausted_not_invented() -> None:
    stack = alice(bytes(range(8)))
    with pytest.raises(StackExhaustedError):
        stack.require(33)
    stack.require(32)
    stack.pop(Even(64, count=200))
    assert stack.valid_bits == 64 - 6 * 200
    with pytest.raises(StackExhaustedError, match="emptied"):
        stack.payload()


def test_valid_bits_follow_the_ideal_while_a_chunk_is_open() -> None:
    stack = alice(bytes(100))
    stack.pop(Even(2, count=40))
    assert stack.valid_bits == 760
    stack.push(np.zeros(16, np.int64), Even(2, count=16))
    assert 760 <= stack.valid_bits - 16 <= 768


def test_damage_is_found_or_gives_another_remainder() -> None:
    rng = np.random.default_rng(6)
    message, made = rng.bytes(64), random_rows(rng, 300, 9)
    symbols = rng.integers(0, 9, 300)
    stack = alice(message)
    stack.push(symbols, made)
    payload, found = stack.payload(), 0
    for at in range(len(payload)):
        damaged = bytearray(payload)
        damaged[at] ^= 1 << (at % 8)
        again = bob(bytes(damaged))
        try:
            back = again.pop(made)
            assert not np.array_equal(back, symbols) or again.remainder() != message
        except CorruptionError:
            found += 1
    assert found > 0
    short = bob(payload[:50])
    short.pop(made)
    with pytest.raises(CorruptionError, match="chunk"):
        short.payload()
