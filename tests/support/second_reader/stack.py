"""Part of `second_reader`: the stack (6) and the uniform choice (10.7)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np

from second_reader.fields import need


class Stack:
    """An asymmetric numeral system in Python's integers."""

    def __init__(self, words: list[int]) -> None:
        need(len(words) > 0 and words[-1] != 0, "a stack without words, or with a zero on top")
        self.bulk = list(words)
        self.state = self.bulk.pop()
        if self.bulk:
            self.state = self.state << 32 | self.bulk.pop()

    def holds(self, digests: bytes) -> bool:  # 6.4
        return self.words() == [*np.frombuffer(digests, "<u4").tolist(), 1]

    def words(self) -> list[int]:
        high, low = divmod(self.state, 2**32)
        return self.bulk + ([low, high] if high else [low] if low else [])

    def pop(self, frequencies: np.ndarray) -> int:
        ends = [0, *np.cumsum(frequencies).tolist()]
        return self.pop_from(ends.__getitem__, len(frequencies))

    def pop_from(self, start: Callable[[int], int], count: int) -> int:
        """Pop an alternative of `count`; start(k) is the sum of the frequencies below k."""
        if count == 1:
            return 0
        q = self.state & (2**24 - 1)
        k = bisect_right(range(count), q, key=start) - 1
        self.state = (self.state >> 24) * (start(k + 1) - start(k)) + q - start(k)
        if self.state < 2**32 and self.bulk:
            self.state = self.state << 32 | self.bulk.pop()
        return k

    def push(self, k: int, frequencies: np.ndarray) -> None:
        if len(frequencies) == 1:
            return
        frequency = int(frequencies[k])
        if self.state >> 40 >= frequency:
            self.bulk.append(self.state & (2**32 - 1))
            self.state >>= 32
        quotient, rest = divmod(self.state, frequency)
        self.state = (quotient << 24) + int(frequencies[:k].sum()) + rest

    def pop_uniform(self, n: int) -> int:  # 10.7
        low, parts = halves(n)
        high = self.pop(even(parts))
        return high * low + self.pop(even([1] * parts[high]))

    def push_uniform(self, u: int, n: int) -> None:
        low, parts = halves(n)
        self.push(u % low, even([1] * parts[u // low]))
        self.push(u // low, even(parts))


def halves(n: int) -> tuple[int, list[int]]:
    low = 2 ** ((n - 1).bit_length() // 2)
    return low, [min(low, n - start) for start in range(0, n, low)]


def even(parts: list[int]) -> np.ndarray:
    out = np.array(parts, np.int64) * 2**24 // sum(parts)
    out[: 2**24 - int(out.sum())] += 1
    return out
