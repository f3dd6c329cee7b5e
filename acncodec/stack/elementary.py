"""Elementary codecs: integers from a range, permutations."""

from __future__ import annotations

import math

import numpy as np

from acncodec.contracts.message import Message
from acncodec.errors import CoderError
from acncodec.stack.ans import Floats, Symbols, information


class Table:
    """Symbols with a row of weights each, or one row for all of `count` symbols."""

    def __init__(self, weights: Floats, count: int | None = None) -> None:
        self._weights, self._count = weights, count

    def push(self, stack: Message, symbol: Symbols) -> None:
        """Push symbols (n,)."""
        stack.push(symbol, self._weights)

    def pop(self, stack: Message) -> Symbols:
        """Pop symbols (n,)."""
        return stack.pop(self._weights, self._count)

    def bits(self, symbol: Symbols) -> float:
        """Information content, bits."""
        return information(symbol, self._weights)


def proportional_weights(shares: Symbols) -> Floats:
    """Weights (1, K) with frequencies in proportion to K positive integers.

    What rounding down leaves over is spread over the first ones. Shares sum to 2^24 at most.
    """
    frequencies = shares * (1 << 24) // shares.sum()
    frequencies[: (1 << 24) - int(frequencies.sum())] += 1
    out: Floats = (frequencies - 1.0)[None]
    return out


class Uniform:
    """An integer in range(size), size up to 2^24: a high part, then a low part.

    Two levels keep the cost within 0.001 bit of log2(size), where one table of `size`
    entries could not hold frequencies fine enough.
    """

    def __init__(self, size: int) -> None:
        if not 1 <= size <= 1 << 24:
            raise CoderError(f"a uniform codec has 1 to 2^24 alternatives, not {size}")
        self._size = size
        self._low = 1 << ((size - 1).bit_length() // 2)
        ends = np.minimum(np.arange(0, size, self._low) + self._low, size)
        self._parts = np.diff(ends, prepend=0)

    def _levels(self, high: int) -> tuple[Floats, Floats]:
        inner = proportional_weights(np.ones(self._parts[high], np.int64))
        return proportional_weights(self._parts), inner

    def push(self, stack: Message, symbol: int) -> None:
        """Push one integer."""
        if not 0 <= symbol < self._size:
            raise CoderError(f"{symbol} is not in range({self._size})")
        high, low = divmod(symbol, self._low)
        outer, inner = self._levels(high)
        stack.push(np.array([low]), inner)
        stack.push(np.array([high]), outer)

    def pop(self, stack: Message) -> int:
        """Pop one integer."""
        high = int(stack.pop(proportional_weights(self._parts))[0])
        return high * self._low + int(stack.pop(self._levels(high)[1])[0])

    def bits(self, symbol: int) -> float:
        """Information content, bits."""
        high, low = divmod(symbol, self._low)
        outer, inner = self._levels(high)
        return information(np.array([high]), outer) + information(np.array([low]), inner)


class Permutation:
    """A permutation of range(size), at log2(size!) bits: which of the rest comes next."""

    def __init__(self, size: int) -> None:
        self._size = size

    def _choices(self, order: Symbols) -> list[int]:
        rest = list(range(self._size))
        choices = []
        for item in order.tolist():
            # `rest` stays sorted, so the item's place in it is found by bisection.
            low, high = 0, len(rest)
            while low < high:
                middle = (low + high) // 2
                if rest[middle] < item:
                    low = middle + 1
                else:
                    high = middle
            if low == len(rest) or rest[low] != item:
                raise CoderError("not a permutation")
            choices.append(low)
            del rest[low]
        return choices

    def push(self, stack: Message, symbol: Symbols) -> None:
        """Push a permutation, int64 (size,)."""
        choices = self._choices(symbol)
        for left, choice in enumerate(reversed(choices), 1):
            Uniform(left).push(stack, choice)

    def pop(self, stack: Message) -> Symbols:
        """Pop a permutation, int64 (size,). Raises `CoderError` if the stack is too short."""
        bits = math.lgamma(self._size + 1) / math.log(2)
        # A count that lies shall not cost the time of popping so long a permutation.
        if stack.valid_bits < math.floor(0.99 * bits):
            raise CoderError(f"a permutation of {self._size} is not on the stack")
        rest = list(range(self._size))
        order = [rest.pop(Uniform(left).pop(stack)) for left in range(self._size, 0, -1)]
        return np.array(order, np.int64)

    def bits(self, symbol: Symbols) -> float:
        """Information content, bits."""
        choices = self._choices(symbol)
        return sum(Uniform(left).bits(c) for left, c in enumerate(reversed(choices), 1))
