"""Moves on a tour that is laid in fixed places, with the exact change of what it costs.

A place in the tour has a fixed part to play, whichever item comes to lie there: the pair of
places k, k + 1 may be used forwards, backwards, in both directions or not at all, and a place may
hold a head. So a move of items changes not only the pairs at its ends: what it shifts or reverses
comes to lie in other parts. All costs are integers and every change is exact.

    reverse   [a, e)                ... | 1 2 3 4 5 | ...     ->   ... | 5 4 3 2 1 | ...
    exchange  [a, b) and [b, e)     ... | 1 2 | 3 4 5 | ...   ->   ... | 3 4 5 | 1 2 | ...
                                    and either block may be reversed as well

Arrays, as all functions take them (plain arrays: they cost a compiled call the least):

- table, columns: the costs of pairs, as in `ExpectedCosts`;
- parts: int32 (3, N) of 0 and 1, what place k is for: FORWARD, place k is the parent of place
  k + 1; BACKWARD, the other way; HEAD, its item pays the unconditional price. `even` says that
  all pairs count in both directions and that there are no heads, so that what a move shifts or
  reverses as a whole costs what it cost;
- laid: int32 (5, N). For place k, ITEM, the cost of its pair AHEAD (k is the parent of k + 1) and
  BEHIND (k + 1 is that of k), and what the item costs ALONE; for item i, its PLACE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from acncodec.run.compiled import compiled

FORWARD, BACKWARD, HEAD = range(3)
ITEM, AHEAD, BEHIND, ALONE, PLACE = range(5)
SHIFTED = 32
"""A block up to so long is lifted out while the other one is shifted."""

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a function that allocates nothing.

    Without reference counts of its arrays, which numba would touch at every call, the search
    takes half the time.
    """
    made: Function = compiled(_nrt=False)(function)
    return made


@kernel
def pair_cost(table: Any, columns: Any, parent: int, child: int) -> Any:
    """Expected cost of `child` after `parent`."""
    total = np.int64(0)
    for d in range(columns.shape[1]):
        total += np.int64(table[parent, columns[child, d]])
    return total


@kernel
def _price_link(table: Any, columns: Any, laid: Any, k: int) -> None:
    """Price the pair of places k and k + 1, if there are such."""
    if 0 <= k < laid.shape[1] - 1:
        laid[AHEAD, k] = pair_cost(table, columns, laid[ITEM, k], laid[ITEM, k + 1])
        laid[BEHIND, k] = pair_cost(table, columns, laid[ITEM, k + 1], laid[ITEM, k])


@kernel
def lay(table: Any, columns: Any, alone: Any, laid: Any) -> None:
    """Fill the rest of `laid` from its items. alone: int64 (N,), by item."""
    for k in range(laid.shape[1]):
        laid[PLACE, laid[ITEM, k]] = k
        laid[ALONE, k] = alone[laid[ITEM, k]]
        _price_link(table, columns, laid, k)


@kernel
def laid_cost(parts: Any, laid: Any, start: int, stop: int) -> Any:
    """What the items at places [start, stop) and the pairs between them cost."""
    total = np.int64(0)
    for k in range(start, stop - 1):
        total += parts[FORWARD, k] * laid[AHEAD, k] + parts[BACKWARD, k] * laid[BEHIND, k]
        total += parts[HEAD, k] * laid[ALONE, k]
    return total + parts[HEAD, stop - 1] * laid[ALONE, stop - 1]


@kernel
def _moved_cost(parts: Any, laid: Any, start: int, stop: int, to: int, turned: bool) -> Any:
    """What [start, stop) would cost within itself at places [to, ...), perhaps reversed."""
    total = np.int64(0)
    if turned:
        last = to + stop - 2
        for k in range(start, stop - 1):
            total += parts[FORWARD, last - k] * laid[BEHIND, k]
            total += parts[BACKWARD, last - k] * laid[AHEAD, k]
            total += parts[HEAD, last - k + 1] * laid[ALONE, k]
        return total + parts[HEAD, to] * laid[ALONE, stop - 1]
    by = to - start
    for k in range(start, stop - 1):
        total += parts[FORWARD, k + by] * laid[AHEAD, k] + parts[BACKWARD, k + by] * laid[BEHIND, k]
        total += parts[HEAD, k + by] * laid[ALONE, k]
    return total + parts[HEAD, stop - 1 + by] * laid[ALONE, stop - 1]


@kernel
def _link_cost(table: Any, columns: Any, parts: Any, k: int, left: int, right: int) -> Any:
    """What `left` and `right` would cost as the pair of places k and k + 1."""
    total = np.int64(0)
    if parts[FORWARD, k]:
        total += pair_cost(table, columns, left, right)
    if parts[BACKWARD, k]:
        total += pair_cost(table, columns, right, left)
    return total


@kernel
def _paid(parts: Any, laid: Any, k: int) -> Any:
    """What the pair of places k and k + 1 costs now."""
    return parts[FORWARD, k] * laid[AHEAD, k] + parts[BACKWARD, k] * laid[BEHIND, k]


@kernel
def reverse_delta(
    table: Any, columns: Any, parts: Any, even: bool, laid: Any, a: int, e: int
) -> Any:
    """By how much the cost changes when [a, e) is reversed."""
    first, last = laid[ITEM, a], laid[ITEM, e - 1]
    delta = np.int64(0)
    if a > 0:
        delta += _link_cost(table, columns, parts, a - 1, laid[ITEM, a - 1], last)
        delta -= _paid(parts, laid, a - 1)
    if e < laid.shape[1]:
        delta += _link_cost(table, columns, parts, e - 1, first, laid[ITEM, e])
        delta -= _paid(parts, laid, e - 1)
    if even:
        return delta
    return delta + _moved_cost(parts, laid, a, e, a, True) - laid_cost(parts, laid, a, e)


@kernel
def exchange_delta(
    table: Any, columns: Any, parts: Any, even: bool, laid: Any,
    a: int, b: int, e: int, turn_a: bool, turn_b: bool,
) -> Any:  # fmt: skip
    """By how much the cost changes when blocks [a, b) and [b, e) change places.

    turn_a, turn_b: whether that block is also reversed.
    """
    first_a, last_a = laid[ITEM, a], laid[ITEM, b - 1]
    first_b, last_b = laid[ITEM, b], laid[ITEM, e - 1]
    if turn_a:
        first_a, last_a = last_a, first_a
    if turn_b:
        first_b, last_b = last_b, first_b
    middle = a + e - b
    delta = _link_cost(table, columns, parts, middle - 1, last_b, first_a)
    if a > 0:
        delta += _link_cost(table, columns, parts, a - 1, laid[ITEM, a - 1], first_b)
        delta -= _paid(parts, laid, a - 1)
    if e < laid.shape[1]:
        delta += _link_cost(table, columns, parts, e - 1, last_a, laid[ITEM, e])
        delta -= _paid(parts, laid, e - 1)
    if even:
        return delta - _paid(parts, laid, b - 1)
    delta += _moved_cost(parts, laid, b, e, a, turn_b)
    delta += _moved_cost(parts, laid, a, b, middle, turn_a)
    return delta - laid_cost(parts, laid, a, e)


@kernel
def _turn(laid: Any, a: int, e: int) -> None:
    """Reverse what lies in [a, e), and the pairs between."""
    i, j = a, e - 1
    while i < j:
        for row in (ITEM, ALONE):
            laid[row, i], laid[row, j] = laid[row, j], laid[row, i]
        i, j = i + 1, j - 1
    i, j = a, e - 2
    while i < j:
        ahead, behind = laid[AHEAD, i], laid[BEHIND, i]
        laid[AHEAD, i], laid[BEHIND, i] = laid[BEHIND, j], laid[AHEAD, j]
        laid[AHEAD, j], laid[BEHIND, j] = behind, ahead
        i, j = i + 1, j - 1
    if i == j:
        laid[AHEAD, i], laid[BEHIND, i] = laid[BEHIND, i], laid[AHEAD, i]


@kernel
def _shift(laid: Any, a: int, b: int, e: int, lifted: Any) -> None:
    """Let blocks [a, b) and [b, e) change places, one of which fits `lifted` (4, SHIFTED)."""
    for row in (ITEM, AHEAD, BEHIND, ALONE):
        if b - a <= e - b:
            for k in range(a, b):
                lifted[row, k - a] = laid[row, k]
            for k in range(b, e):
                laid[row, k - (b - a)] = laid[row, k]
            for k in range(b - a):
                laid[row, a + e - b + k] = lifted[row, k]
        else:
            for k in range(b, e):
                lifted[row, k - b] = laid[row, k]
            for k in range(b - 1, a - 1, -1):
                laid[row, k + (e - b)] = laid[row, k]
            for k in range(e - b):
                laid[row, a + k] = lifted[row, k]


@kernel
def _settle(table: Any, columns: Any, laid: Any, a: int, e: int, joint: int) -> None:
    """Note the places of [a, e), and price the pairs at its ends and across its joint."""
    for k in range(a, e):
        laid[PLACE, laid[ITEM, k]] = k
    _price_link(table, columns, laid, a - 1)
    _price_link(table, columns, laid, joint - 1)
    _price_link(table, columns, laid, e - 1)


@kernel
def reverse(table: Any, columns: Any, laid: Any, a: int, e: int) -> None:
    """Reverse [a, e)."""
    _turn(laid, a, e)
    _settle(table, columns, laid, a, e, e)


@kernel
def exchange(
    table: Any, columns: Any, laid: Any, a: int, b: int, e: int, turn_a: bool, turn_b: bool,
    lifted: Any,
) -> None:  # fmt: skip
    """Let blocks [a, b) and [b, e) change places. lifted: int32 (4, SHIFTED), for its own use."""
    middle = a + e - b
    if min(b - a, e - b) <= SHIFTED:
        _shift(laid, a, b, e, lifted)
        if turn_b:
            _turn(laid, a, middle)
        if turn_a:
            _turn(laid, middle, e)
    else:
        # Turning the whole turns both blocks; one that is to keep its direction is turned before.
        if not turn_a:
            _turn(laid, a, b)
        if not turn_b:
            _turn(laid, b, e)
        _turn(laid, a, e)
    _settle(table, columns, laid, a, e, middle)


@kernel
def apply(table: Any, columns: Any, laid: Any, move: Any, lifted: Any) -> None:
    """Carry out a move: (a, e, e, 0, 0) reverses [a, e); (a, b, e, turn_a, turn_b) exchanges."""
    a, b, e = move[0], move[1], move[2]
    if b == e:
        reverse(table, columns, laid, a, e)
    else:
        exchange(table, columns, laid, a, b, e, move[3] == 1, move[4] == 1, lifted)


@kernel
def undo(table: Any, columns: Any, laid: Any, move: Any, lifted: Any) -> None:
    """Take a move back that was the last to be carried out."""
    a, b, e = move[0], move[1], move[2]
    if b == e:
        reverse(table, columns, laid, a, e)
    else:
        # The blocks now lie the other way round.
        middle = a + e - b
        exchange(table, columns, laid, a, middle, e, move[4] == 1, move[3] == 1, lifted)
