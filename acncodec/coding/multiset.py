"""Multisets: the order's bits given back (Severo et al. 2021, "Compressing multisets").

A set needs no order, so Alice lets the stack choose it: before she codes an item she pops which
of the remaining ones it is, and Bob, once he has the item, pushes its rank among those that he
has so far. Over a whole set of N different items that returns log2 N! bits.

    Alice            pop rank in remaining      push item
    Bob              pop item                   push rank among decoded
"""

from __future__ import annotations

import math
from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.message import Message
from acncodec.errors import CorruptionError
from acncodec.stack.elementary import Uniform

Ints = NDArray[np.int64]


class Remaining:
    """Alice's side: the items 0..N-1, in canonical order, that she has not coded yet."""

    def __init__(self, count: int) -> None:
        self._items = list(range(count))

    def pop(self, stack: Message, size: int) -> list[int]:
        """Let the stack choose `size` items. Raises `StackExhaustedError` if it is too short."""
        left = len(self._items)
        stack.require(sum(math.log2(left - taken) for taken in range(size)))
        return [self._items.pop(Uniform(len(self._items)).pop(stack)) for _ in range(size)]

    def items(self) -> Ints:
        """The items that are left, in canonical order, int64 (m,)."""
        return np.array(self._items, np.int64)


class Decoded:
    """Bob's side: what he has decoded, in canonical order."""

    def __init__(self) -> None:
        self._items: list[bytes] = []
        self._places: list[int] = []

    def push(self, stack: Message, items: list[bytes]) -> None:
        """Give back the choices of a batch, in decoding order, last choice first.

        Raises `CorruptionError` when an item was there before: a set has no item twice.
        """
        first = len(self._items)
        for offset, item in reversed(list(enumerate(items))):
            rank = bisect_left(self._items, item)
            if rank < len(self._items) and self._items[rank] == item:
                raise CorruptionError("an item of the set came twice")
            self._items.insert(rank, item)
            self._places.insert(rank, first + offset)
            Uniform(len(self._items)).push(stack, rank)

    def order(self) -> Ints:
        """The items' places in decoding order, listed in canonical order, int64 (m,)."""
        return np.array(self._places, np.int64)
