"""Which kind each item is of, where it is known how many of each kind there are in all.

Every item takes one of what is left of its kind, so that the whole costs the logarithm of the
multinomial coefficient, and what is left of one kind alone costs nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import TOTAL
from acncodec.contracts.message import Message
from acncodec.errors import CoderError
from acncodec.stack.distributions import Shared

Ints = NDArray[np.int64]


def even(shares: Ints) -> Ints:
    """Frequencies in proportion to positive shares (docs/FORMAT.md, 10.7), int64 (K,).

    Raises `CoderError` where one would be 0.
    """
    total = int(shares.sum())
    if total > TOTAL:
        raise CoderError(f"{total} shares, more than 2^24")
    found: Ints = shares * TOTAL // total
    found[: TOTAL - int(found.sum())] += 1
    return found


class Draws:
    """The kinds of items, of `counts` (K,) items of each kind in all.

    Bob pops them from the first to the last; Alice pushes them from the last to the first.
    """

    def __init__(self, counts: Ints) -> None:
        self._left = counts.astype(np.int64)
        self._pushed = np.zeros_like(self._left)

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push the kinds of the last items that are left, int64 (n,)."""
        for kind in reversed(symbol.tolist()):
            self._pushed[kind] += 1
            kinds = np.flatnonzero(self._pushed)
            place = np.searchsorted(kinds, kind)
            if len(kinds) > 1:
                stack.push(np.array([place], np.int64), Shared(even(self._pushed[kinds]), 1))

    def pop(self, stack: Message, size: int) -> Ints:
        """Pop the kinds of the next items, int64 (size,). There must be as many left."""
        found = np.empty(size, np.int64)
        for item in range(size):
            kinds = np.flatnonzero(self._left)
            place = 0
            if len(kinds) > 1:
                place = int(stack.pop(Shared(even(self._left[kinds]), 1))[0])
            found[item] = kinds[place]
            self._left[kinds[place]] -= 1
        return found
