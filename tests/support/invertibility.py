"""The one check that every codec goes through."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.contracts.codec import Codec
from acncodec.stack.ans import Stack


def random_stack(words: int, seed: int) -> Stack:
    """A stack with a random message on it."""
    message = np.random.default_rng(seed).integers(0, 1 << 32, words, np.uint64)
    return Stack(message.astype(np.uint32), seal=True)


def check_invertibility(
    codec: Codec[Any], symbol: Any, *, repeats: int = 1, words: int = 4000, seed: int = 0
) -> None:
    """From a random message: push, pop, and symbol and message are back exactly.

    The stack's tally agrees with `bits` to 1e-3 of it, and so does the stack's real growth
    (up to the 32 bits of a word), over `repeats` pushes.
    """
    stack = random_stack(words, seed)
    message = stack.words()
    before = stack.valid_bits
    for _ in range(repeats):
        codec.push(stack, symbol)
    predicted = codec.bits(symbol) * repeats
    assert abs(stack.ideal_bits - predicted) <= 1e-3 * abs(predicted) + 1e-6
    assert abs((stack.valid_bits - before) - predicted) <= 1e-3 * abs(predicted) + 32
    for _ in range(repeats):
        assert np.array_equal(codec.pop(stack), symbol)
    assert np.array_equal(stack.words(), message)
    assert abs(stack.ideal_bits) < 1e-6 * max(1.0, abs(predicted))
