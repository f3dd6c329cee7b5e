"""One array of integers on a stack: multiples of a step from a base, near it more often than far.

value = base + step q,  q = hi 2^t + lo:  hi from a two-sided geometric distribution of -n .. n,
lo evenly from 0 .. 2^t - 1. An array of one value alone has step 0 and takes no bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.message import Message
from acncodec.errors import FormatError
from acncodec.models.coded.geometric import MAX_BOUND, best_class, geometric, information
from acncodec.stack.distributions import Shared
from acncodec.stack.even import Even

Ints = NDArray[np.int64]

PIECE_BITS: Final = 16
"""Low bits are coded so many at a time."""
MAX_LOW_BITS: Final = 48
REACH: Final = 1 << 62
"""No value's magnitude reaches this, nor anything on the way to it."""


@dataclass(frozen=True)
class Plan:
    """How an array is coded: `base` and `step`; `bound` n and `rate_class` of the distribution of
    hi, `low_bits` t. Raises `FormatError` where values could leave 63 bits."""

    base: int
    step: int = 0
    bound: int = 0
    rate_class: int = 0
    low_bits: int = 0

    def __post_init__(self) -> None:
        if self.step < 0 or not 0 <= self.low_bits <= MAX_LOW_BITS:
            raise FormatError("a model's integers have a negative step or too many low bits")
        if abs(self.base) + self.step * ((self.bound + 1) << self.low_bits) >= REACH:
            raise FormatError("a model's integers could leave 63 bits")

    @property
    def pieces(self) -> Iterator[tuple[int, int]]:
        """(shift, bits) of the pieces of lo, the lowest first."""
        for shift in range(0, self.low_bits, PIECE_BITS):
            yield shift, min(PIECE_BITS, self.low_bits - shift)

    def pop(self, stack: Message, count: int) -> Ints:
        """Pop `count` values, int64."""
        if not self.step or not count:
            return np.full(count, self.base, np.int64)
        high = stack.pop(Shared(geometric(self.bound, self.rate_class), count)) - self.bound
        quotients = high << self.low_bits
        for shift, bits in self.pieces:
            quotients += stack.pop(Even(1 << bits, count=count)) << shift
        values: Ints = self.base + self.step * quotients
        return values

    def push(self, stack: Message, values: Ints) -> None:
        """Undo `pop`. The values are ones that the plan was made for."""
        if not self.step or not len(values):
            return
        quotients = (values - self.base) // self.step
        for shift, bits in reversed(list(self.pieces)):
            stack.push((quotients >> shift) & ((1 << bits) - 1), Even(1 << bits, count=len(values)))
        frequencies = geometric(self.bound, self.rate_class)
        stack.push((quotients >> self.low_bits) + self.bound, Shared(frequencies, len(values)))

    def bits(self, values: Ints) -> float:
        """About what the values take on the stack."""
        if not self.step:
            return 0.0
        high = ((values - self.base) // self.step) >> self.low_bits
        counts = np.bincount(high + self.bound, minlength=2 * self.bound + 1)
        return information(counts.astype(np.int64), self.rate_class) + self.low_bits * len(values)


def plan_for(array: NDArray[Any]) -> Plan:
    """The cheapest plan for integers of magnitudes below 2^61: around 0, or around their median."""
    values = array.astype(np.int64).ravel()
    if not len(values) or int(values.min()) == int(values.max()):
        return Plan(int(values[0]) if len(values) else 0)
    middle = int(np.sort(values)[len(values) // 2])
    plans = [_plan(values, base) for base in {0: None, middle: None}]
    return min(plans, key=lambda plan: plan.bits(values) + 4 * len(str(plan.base)))


def _plan(values: Ints, base: int) -> Plan:
    distances = values - base
    step = math.gcd(*(int(value) for value in np.unique(np.abs(distances))))
    quotients = distances // step
    low_bits = 0
    while max(int(quotients.max() >> low_bits), -int(quotients.min() >> low_bits)) > MAX_BOUND:
        low_bits += 1
    high = quotients >> low_bits
    bound = int(np.abs(high).max())
    counts = np.bincount(high + bound, minlength=2 * bound + 1).astype(np.int64)
    return Plan(base, step, bound, best_class(counts), low_bits)
