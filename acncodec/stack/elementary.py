"""Elementary codecs: integers from a range, permutations."""

from __future__ import annotations

import math
from bisect import bisect_left

import numpy as np

from acncodec.contracts.distribution import TOTAL, Ints
from acncodec.contracts.message import Message
from acncodec.errors import CoderError
from acncodec.stack.bits import information
from acncodec.stack.even import Even
from acncodec.stack.orders import permutation_bits


class Uniform:
    """An integer in range(size), size up to 2^24: a high part, then a low part.

    Two levels keep the cost within 0.001 bit of log2(size), where one distribution over `size`
    alternatives could not have frequencies fine enough.
    """

    def __init__(self, size: int) -> None:
        if not 1 <= size <= TOTAL:
            raise CoderError(f"a uniform codec has 1 to 2^24 alternatives, not {size}")
        self._size = size
        self._low = 1 << ((size - 1).bit_length() // 2)
        self._highs = -(-size // self._low)
        self._last = size - (self._highs - 1) * self._low
        self._high = Even(self._highs, self._low, self._last)

    def _below(self, high: int) -> Even:
        return Even(self._last if high == self._highs - 1 else self._low)

    def push(self, stack: Message, symbol: int) -> None:
        """Push one integer."""
        if not 0 <= symbol < self._size:
            raise CoderError(f"{symbol} is not in range({self._size})")
        high, low = divmod(symbol, self._low)
        stack.push(np.array([low]), self._below(high))
        stack.push(np.array([high]), self._high)

    def pop(self, stack: Message) -> int:
        """Pop one integer."""
        high = int(stack.pop(self._high)[0])
        return high * self._low + int(stack.pop(self._below(high))[0])

    def bits(self, symbol: int) -> float:
        """Information content, bits."""
        high, low = divmod(symbol, self._low)
        below = information(np.array([low]), self._below(high))
        return information(np.array([high]), self._high) + below


class Permutation:
    """A permutation of range(size), at log2(size!) bits: which of the rest comes next."""

    def __init__(self, size: int) -> None:
        self._size = size

    def _choices(self, order: Ints) -> list[int]:
        rest = list(range(self._size))
        choices = []
        for item in order.tolist():
            place = bisect_left(rest, item)
            if place == len(rest) or rest[place] != item:
                raise CoderError("not a permutation")
            choices.append(place)
            del rest[place]
        return choices

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push a permutation, int64 (size,)."""
        choices = self._choices(symbol)
        for left, choice in enumerate(reversed(choices), 1):
            Uniform(left).push(stack, choice)

    def pop(self, stack: Message) -> Ints:
        """Pop a permutation, int64 (size,). Raises `CoderError` if the stack is too short."""
        bits = permutation_bits(self._size)
        # A count that lies shall not cost the time of popping so long a permutation.
        if stack.valid_bits < math.floor(0.99 * bits):
            raise CoderError(f"a permutation of {self._size} is not on the stack")
        rest = list(range(self._size))
        order = [rest.pop(Uniform(left).pop(stack)) for left in range(self._size, 0, -1)]
        return np.array(order, np.int64)

    def bits(self, symbol: Ints) -> float:
        """Information content, bits."""
        choices = self._choices(symbol)
        return sum(Uniform(left).bits(c) for left, c in enumerate(reversed(choices), 1))
