"""Local search over the moves of `moves`: 2-opt and Or-opt with candidate lists, then kicks.

2-opt (Croes 1958) and Or-opt (Or 1976) with neighbour lists and a queue of items to look at
(Bentley 1992); kicks are double bridges between near places (Martin, Otto and Felten 1991), each
repaired by the same search and taken back if the tour got worse.

Arrays beside those of `moves`:

- near: int64 (2, N, K), for each item the others to try as its neighbours, cheapest first, and
  the sums of both directions' costs;
- queue: int64 (2, N + 1), items to look at, first in, first out: a ring of N items and its start,
  and for each item whether it waits, and how many do;
- log: int64 (moves, 5), moves as `apply` takes them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.ordering.moves import (
    AHEAD,
    BEHIND,
    ITEM,
    PLACE,
    apply,
    exchange_delta,
    kernel,
    reverse_delta,
    undo,
)

LONGEST = 3
"""Items in a segment that Or-opt moves."""


@kernel
def _push(queue: Any, item: int) -> None:
    size = queue.shape[1] - 1
    if not queue[1, item]:
        queue[1, item] = 1
        queue[0, (queue[0, size] + queue[1, size]) % size] = item
        queue[1, size] += 1


@kernel
def _pop(queue: Any) -> Any:
    size = queue.shape[1] - 1
    item = queue[0, queue[0, size]]
    queue[1, item] = 0
    queue[0, size] = (queue[0, size] + 1) % size
    queue[1, size] -= 1
    return item


@kernel
def _push_ends(queue: Any, laid: Any, move: Any) -> None:
    """Push the items at the ends of what a move has moved."""
    for k in (move[0], move[0] + move[2] - move[1], move[2]):
        if k > 0:
            _push(queue, laid[ITEM, k - 1])
        if k < laid.shape[1]:
            _push(queue, laid[ITEM, k])


@kernel
def _link(laid: Any, k: int) -> Any:
    """Both directions' costs of the pair of places k and k + 1; nothing at the tour's ends."""
    if k < 0 or k >= laid.shape[1] - 1:
        return np.int64(0)
    return np.int64(laid[AHEAD, k]) + np.int64(laid[BEHIND, k])


@kernel
def _both(table: Any, columns: Any, one: int, other: int) -> Any:
    """Both directions' costs of a pair of items."""
    total = np.int32(0)
    for d in range(columns.shape[1]):
        total += np.int32(table[one, columns[other, d]]) + np.int32(table[other, columns[one, d]])
    return np.int64(total)


@kernel
def _gain(laid: Any, gap: int, low: int, high: int, known: int) -> Any:
    """What goes less `known`, in both directions, if [low, high) moves between gap and gap + 1."""
    return _link(laid, gap) + _link(laid, low - 1) + _link(laid, high - 1) - known


@kernel
def _insert_even(
    table: Any, columns: Any, laid: Any, low: int, high: int, gap: int, turned: bool, left: bool,
    delta: int, best: int,
) -> Any:  # fmt: skip
    """`exchange_delta` of an insertion in an even layout, given up as soon as it reaches `best`.

    delta: the pair of candidates, which is to the left or right of the segment, less the pairs
    that go; two pairs are left to add.
    """
    if left:
        end = laid[ITEM, low if turned else high - 1]
        delta += _both(table, columns, end, laid[ITEM, gap + 1])
    else:
        end = laid[ITEM, high - 1 if turned else low]
        delta += _both(table, columns, laid[ITEM, gap], end)
    if delta < best and low > 0 and high < laid.shape[1]:
        delta += _both(table, columns, laid[ITEM, low - 1], laid[ITEM, high])
    return delta


@kernel
def _try_insert(
    table: Any, columns: Any, parts: Any, even: bool, laid: Any, low: int, high: int, gap: int,
    turned: bool, left: bool, gain: int, best: int, move: Any,
) -> Any:  # fmt: skip
    """Price the segment [low, high) between places gap and gap + 1; note it if it is the best.

    left: whether the new pair of candidates is to the left of the segment; gain: see `_gain`.
    """
    delta = best
    if even:
        delta = _insert_even(table, columns, laid, low, high, gap, turned, left, -gain, best)
        if delta >= best:
            return best
    if low > gap:
        a, b, e, turn_a, turn_b = gap + 1, low, high, False, turned
    else:
        a, b, e, turn_a, turn_b = low, high, gap + 1, turned, False
    if not even:
        delta = exchange_delta(table, columns, parts, even, laid, a, b, e, turn_a, turn_b)
    if delta < best:
        best = delta
        move[0], move[1], move[2], move[3], move[4] = a, b, e, int(turn_a), int(turn_b)
    return best


@kernel
def best_move(
    table: Any, columns: Any, parts: Any, even: bool, laid: Any, near: Any, reach: int, item: int,
    move: Any,
) -> Any:  # fmt: skip
    """The best move that makes `item` and one of its candidates neighbours, into `move`.

    On either side of `item`, the pair with its neighbour there is given up for a cheaper one
    (by both directions' costs), and a move is priced only if the pairs that go cost more than the
    new pair of candidates; in an even layout nothing else can improve. Nothing moves over more
    than `reach` places. Returns the change of cost, 0 if no move improves.
    """
    count = laid.shape[1]
    here: Any = np.int64(laid[PLACE, item])
    best: Any = np.int64(0)
    for side in range(2):
        gap = here - side
        if gap < 0 or gap >= count - 1:
            continue
        given_up = _link(laid, gap)
        for rank in range(near.shape[2]):
            known = near[1, item, rank]
            if known >= given_up:
                break
            there: Any = np.int64(laid[PLACE, near[0, item, rank]])
            if abs(there - here) > reach or abs(there - here) <= 1:
                continue
            a, e = min(here, there) + 1 - side, max(here, there) + 1 - side
            gain = _link(laid, a - 1) + _link(laid, e - 1) - known
            if gain > 0 and (not even or -gain < best):
                delta = reverse_delta(table, columns, parts, even, laid, a, e)
                if delta < best:
                    best = delta
                    move[0], move[1], move[2], move[3], move[4] = a, e, e, 0, 0
            for length in range(1, LONGEST + 1):
                # The candidate's segment, from it to the right or to the left, to the item.
                for way in range(1 if length == 1 else 2):
                    low = there if way == 0 else there - length + 1
                    high = low + length
                    if low < 0 or high > count or (low <= gap + 1 and high > gap):
                        continue
                    gain = _gain(laid, gap, low, high, known)
                    if gain > 0 and (not even or -gain < best):
                        best = _try_insert(
                            table, columns, parts, even, laid, low, high, gap,
                            way != side and length > 1, side == 0, gain, best, move,
                        )  # fmt: skip
                # The item's segment, from it away from the gap, to either side of the candidate.
                low = here if side else here - length + 1
                high = low + length
                if low < 0 or high > count:
                    continue
                for way in range(2):
                    other = there - way
                    if other < 0 or other >= count - 1 or (low <= other + 1 and high > other):
                        continue
                    gain = _gain(laid, other, low, high, known)
                    if gain > 0 and (not even or -gain < best):
                        best = _try_insert(
                            table, columns, parts, even, laid, low, high, other,
                            way == side and length > 1, way == 0, gain, best, move,
                        )  # fmt: skip
    return best


@kernel
def descend(
    table: Any, columns: Any, parts: Any, even: bool, laid: Any, near: Any, reach: int,
    queue: Any, log: Any, made: int, lifted: Any,
) -> Any:  # fmt: skip
    """Make improving moves until the queue is empty or `log` is full.

    The first `made` entries of `log` are taken. Returns the change of cost and the entries taken.
    """
    total = np.int64(0)
    while queue[1, -1] > 0 and made < len(log):
        item = _pop(queue)
        move = log[made]
        delta = best_move(table, columns, parts, even, laid, near, reach, item, move)
        if delta < 0:
            apply(table, columns, laid, move, lifted)
            total += delta
            _push(queue, item)
            _push_ends(queue, laid, move)
            made += 1
    return total, made


@kernel
def kick(
    table: Any, columns: Any, parts: Any, even: bool, laid: Any, near: Any, reach: int,
    queue: Any, log: Any, kicks: Any, lifted: Any,
) -> Any:  # fmt: skip
    """Try kicks, int64 (n, 3): neighbouring blocks [a, b) and [b, e) change places, the search
    repairs it, and all is taken back if the tour costs more than before. Returns the change."""
    total = np.int64(0)
    for index in range(len(kicks)):
        a, b, e = kicks[index]
        delta = exchange_delta(table, columns, parts, even, laid, a, b, e, False, False)
        log[0, 0], log[0, 1], log[0, 2], log[0, 3], log[0, 4] = a, b, e, 0, 0
        apply(table, columns, laid, log[0], lifted)
        _push_ends(queue, laid, log[0])
        repaired, made = descend(
            table, columns, parts, even, laid, near, reach, queue, log, 1, lifted
        )
        if delta + repaired <= 0:
            total += delta + repaired
            continue
        for back in range(made - 1, -1, -1):
            undo(table, columns, laid, log[back], lifted)
        while queue[1, -1] > 0:
            _pop(queue)
    return total
