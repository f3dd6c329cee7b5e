"""Random draws from integer frequencies: the same from a seed on every machine.

Only raw words of PCG64 are used: NumPy guarantees that a fixed seed always gives the same ones.
It does not guarantee as much for the methods of `Generator`.
"""

from __future__ import annotations

import math
import sys
from enum import IntEnum

import numpy as np
from numpy.random import PCG64, SeedSequence
from numpy.typing import NDArray

from acncodec.contracts.distribution import TOTAL_BITS, Distribution, Intervals
from acncodec.errors import CoderError

Ints = NDArray[np.int64]

WORD_BITS = 64


class Purpose(IntEnum):
    """What a stream of random words is for; none serves two."""

    LATENTS = 0
    PIXELS = 1
    ROWS = 2


def stream(seed: int, purpose: Purpose, step: int = 0) -> PCG64:
    """The source of random words for one purpose, and one step, of the run with this seed."""
    return PCG64(SeedSequence(seed, spawn_key=(purpose, step)))


def uniforms(source: PCG64, *shape: int) -> Ints:
    """Integers drawn evenly from 0 .. 2^24 - 1, int64 of this shape.

    One word of `source` for each, in C order, so that fewer rows are the first of more rows.
    """
    words = source.random_raw(math.prod(shape))
    return (words >> np.uint64(WORD_BITS - TOTAL_BITS)).astype(np.int64).reshape(shape)


class RandomMessage:
    """A message of random integers: what is popped from it is drawn, symbol k with probability
    frequency / 2^24, exactly. What is pushed on it, bits that a codec gives back, is forgotten.

    uniform: int64 (n,) of 0 .. 2^24 - 1, one for each symbol that is popped, the first one first.
    """

    ideal_bits = 0.0
    valid_bits = sys.maxsize
    state: None = None

    def __init__(self, uniform: Ints) -> None:
        self._uniform, self._used = uniform, 0

    def require(self, bits: float) -> None:
        """Nothing: each symbol has an integer of its own."""

    def push(self, symbols: Ints, distribution: Distribution) -> None:
        """Nothing."""

    def push_intervals(self, intervals: Intervals) -> None:
        """Nothing."""

    def pop(self, distribution: Distribution) -> Ints:
        """The symbols into whose parts the next integers fall, int64 (n,).

        Raises `CoderError` where there are too few.
        """
        quantiles = self._uniform[self._used : self._used + len(distribution)]
        if len(quantiles) < len(distribution):
            raise CoderError("there are too few random integers")
        self._used += len(quantiles)
        return distribution.locate(quantiles).symbols.astype(np.int64)


def pick_rows(count: int, wanted: int, seed: int) -> Ints:
    """At most `wanted` different rows of `count`, picked by the seed, ascending, int64."""
    words = stream(seed, Purpose.ROWS).random_raw(count)
    order = np.argsort(words, kind="stable")[:wanted]
    return np.sort(order).astype(np.int64)
