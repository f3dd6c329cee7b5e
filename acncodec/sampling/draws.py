"""Random draws from integer frequencies: the same from a seed on every machine.

Only raw words of PCG64 are used: NumPy guarantees that a fixed seed always gives the same ones.
It does not guarantee as much for the methods of `Generator`.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
from numpy.random import PCG64, SeedSequence
from numpy.typing import NDArray

from acncodec.arithmetic.tables import FREQUENCY_BITS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

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
    return (words >> np.uint64(WORD_BITS - FREQUENCY_BITS)).astype(np.int64).reshape(shape)


def choose(weights: Floats, uniform: Ints) -> Ints:
    """The symbol into whose part of 0 .. 2^24 - 1 each integer falls, int64 (n,).

    weights: frequencies less one, as the entropy coder takes them, float64 (n, K), or (1, K)
    for all alike; uniform: (n,). Symbol k is drawn with probability (weight + 1) / 2^24,
    exactly: sums of frequencies stay below 2^53, and only integers are compared.
    """
    ends = np.cumsum(weights + 1.0, axis=1)
    out: Ints = (ends <= uniform[:, None]).sum(1)
    return out


def pick_rows(count: int, wanted: int, seed: int) -> Ints:
    """At most `wanted` different rows of `count`, picked by the seed, ascending, int64."""
    words = stream(seed, Purpose.ROWS).random_raw(count)
    order = np.argsort(words, kind="stable")[:wanted]
    return np.sort(order).astype(np.int64)
