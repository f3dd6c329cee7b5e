"""The two-sided geometric distribution, to the integer: what weights look like, more or less."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import LOGIT_REACH, TOTAL, tables
from acncodec.errors import FormatError

Ints = NDArray[np.int64]

MAX_BOUND: Final = (1 << 13) - 1
CLASSES: Final = 256
CLASS_STEP: Final = 32
"""A class's rate is e^(-1/32) of the one before it."""
RATE_BITS: Final = 4
"""A rate stands at 2^(10 + this), and begins at 4 nats a step."""


def rate_of(number: int) -> int:
    """How fast frequencies fall in class `number`, nats a step at 2^14."""
    return int(tables().exp[CLASS_STEP * number]) >> RATE_BITS


def geometric(bound: int, number: int) -> Ints:
    """The frequencies of -bound .. bound in class `number`, int64 (2 bound + 1,).

    Raises `FormatError` for a bound or a class that there is not.
    """
    if not 0 <= bound <= MAX_BOUND or not 0 <= number < CLASSES:
        raise FormatError(f"there is no distribution of bound {bound} and class {number}")
    distances = np.abs(np.arange(-bound, bound + 1, dtype=np.int64))
    steps = np.minimum((distances * rate_of(number)) >> RATE_BITS, LOGIT_REACH)
    shares = tables().exp[steps].astype(np.int64)
    frequencies: Ints = shares * (TOTAL - len(shares)) // shares.sum() + 1
    frequencies[bound] += TOTAL - int(frequencies.sum())
    return frequencies


def information(counts: Ints, number: int) -> float:
    """Bits of symbols of which there are counts (2 bound + 1,), in class `number`."""
    bound = len(counts) // 2
    seen = np.flatnonzero(counts)  # few of many, where magnitudes are large
    frequencies = geometric(bound, number)[seen]
    return float((counts[seen] * (np.log2(TOTAL) - np.log2(frequencies))).sum())


def best_class(counts: Ints) -> int:
    """A class in which symbols of these counts (2 bound + 1,) cost little: what a search by halves
    finds, as if the cost had one minimum. Files depend on it."""

    @cache
    def cost(number: int) -> float:
        return information(counts, number)

    low, high = 0, CLASSES - 1
    while low < high:
        middle = (low + high) // 2
        if cost(middle) <= cost(middle + 1):
            high = middle
        else:
            low = middle + 1
    return low
