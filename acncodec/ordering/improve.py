"""The improved tour: local search on what the tour is expected to cost in its schedule.

Two searches, one after another, with the same moves:

1. *even*: every pair counts in both directions, since half of a laid tour is decoded forwards and
   half backwards, and which half a pair will be in is open. There are no heads. Items may move
   anywhere.
2. *laid*: the tour as `lay_tour` cuts it, every pair in the direction in which it is decoded,
   pairs between two pieces for nothing, heads at the unconditional price: what the file pays.
   A move shifts everything between its ends, heads included, so that only near ones can pay.

The work is counted in kicks an item, never in time, and all costs are integers: the same input
gives the same tour on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.ordering.moves import BACKWARD, FORWARD, HEAD, ITEM, SHIFTED, laid_cost, lay
from acncodec.ordering.neighbours import candidates
from acncodec.ordering.search import descend, kick

Ints = NDArray[np.int64]

SHORTLIST = 16
CANDIDATES = 7
KICKS = {"even": 10, "laid": 3}
"""Kicks an item."""
FEWEST_KICKS = 500
"""Small sets get so many."""
REACH = {"even": 30_000, "laid": 300}
"""Places over which a move may go."""
BLOCK = 30
"""The longest block of a kick."""
EXHAUSTIVE = 7
"""Up to so many items every order is tried."""
LOG = 1000
STEPS = 200
"""Kicks between two chances for an interrupt to be heard."""
ROTATIONS = 512
"""Rotations of a tour that are tried; pieces are shorter, and one is much like another."""


@dataclass(frozen=True, eq=False)
class Layout:
    """What each place of a tour is for: `parts` and `even` as in `moves`."""

    parts: NDArray[np.int32]
    even: bool = False


def laid_layout(sizes: tuple[int, ...]) -> Layout:
    """The layout of a tour that `lay_tour` lays in batches of `sizes`.

    Sizes (1, 1, ..., 1) stand for a plain path: every item after its predecessor.
    """
    parts = np.zeros((3, sum(sizes)), np.int32)
    widths = np.array(sizes[1:], np.int64)
    at = 0
    for index in range(sizes[0] if sizes else 0):
        ahead, behind = (int((widths > arm).sum()) for arm in (2 * index, 2 * index + 1))
        parts[BACKWARD, at : at + behind] = 1
        parts[HEAD, at + behind] = 1
        parts[FORWARD, at + behind : at + behind + ahead] = 1
        at += behind + 1 + ahead
    return Layout(parts)


def even_layout(count: int) -> Layout:
    """Every pair in both directions, no heads."""
    parts = np.ones((3, count), np.int32)
    parts[HEAD] = 0
    return Layout(parts, even=True)


class Search:
    """A tour under improvement."""

    def __init__(self, costs: ExpectedCosts, tour: Ints) -> None:
        self._table, self._columns = costs.table, costs.columns
        self._laid = np.zeros((5, len(tour)), np.int32)
        self._laid[ITEM] = tour
        lay(self._table, self._columns, costs.alone, self._laid)

    @property
    def tour(self) -> Ints:
        """The items in their places, int64 (N,)."""
        tour: Ints = self._laid[ITEM].astype(np.int64)
        return tour

    def units(self, layout: Layout) -> int:
        """What the tour costs in `layout`."""
        count = self._laid.shape[1]
        return int(laid_cost(layout.parts, self._laid, 0, count)) if count else 0

    def improve(
        self, layout: Layout, near: Ints, reach: int, kicks: int, rng: np.random.Generator
    ) -> None:
        """Descend to a local optimum, then try `kicks` kicks. near: as in `search`."""
        count = self._laid.shape[1]
        queue = np.ones((2, count + 1), np.int64)
        queue[0] = [*self._laid[ITEM], 0]
        queue[1, count] = count
        log = np.zeros((LOG, 5), np.int64)
        lifted = np.zeros((4, SHIFTED), np.int32)
        state = (
            self._table, self._columns, layout.parts, layout.even, self._laid, near, reach, queue,
        )  # fmt: skip
        while queue[1, count]:
            descend(*state, log[:STEPS], 0, lifted)
        block = min(BLOCK, count // 2)
        for start in range(0, kicks, STEPS):
            lengths = rng.integers(1, block + 1, (min(STEPS, kicks - start), 2))
            first = rng.integers(0, count - lengths.sum(1) + 1)
            edges = np.column_stack([first, first + lengths[:, 0], first + lengths.sum(1)])
            kick(*state, log, edges, lifted)


def laid_units(costs: ExpectedCosts, tour: Ints, sizes: tuple[int, ...]) -> int:
    """What `tour` (N,) is expected to cost when it is laid in batches of `sizes`, in units."""
    return Search(costs, tour).units(laid_layout(sizes))


def best_rotation(costs: ExpectedCosts, tour: Ints, layout: Layout) -> Ints:
    """The cheapest in `layout` of some rotations of `tour` (N,) and of its reverse."""
    best = None
    for turned in (tour, tour[::-1]):
        following = np.roll(turned, -1)
        ahead, behind = costs.pairs(turned, following), costs.pairs(following, turned)
        alone = costs.alone[turned]
        for shift in range(min(len(tour), ROTATIONS)):
            units = int(
                layout.parts[FORWARD] @ np.roll(ahead, -shift)
                + layout.parts[BACKWARD] @ np.roll(behind, -shift)
                + layout.parts[HEAD] @ np.roll(alone, -shift)
            )
            if best is None or units < best[0]:
                best = units, np.roll(turned, -shift)
    return tour if best is None else best[1].copy()


def _every_order(costs: ExpectedCosts, layout: Layout) -> Ints:
    """The cheapest order of a few items, the first of equals."""
    count = len(costs.alone)
    orders = np.array(list(permutations(range(count))), np.int64).reshape(-1, count)
    units = costs.alone[orders] @ layout.parts[HEAD]
    if count > 1:
        every = np.arange(count)
        table = costs.pairs(np.repeat(every, count), np.tile(every, count)).reshape(count, count)
        before, after = orders[:, :-1], orders[:, 1:]
        units = units + table[before, after] @ layout.parts[FORWARD, :-1]
        units = units + table[after, before] @ layout.parts[BACKWARD, :-1]
    best: Ints = orders[int(units.argmin())]
    return best


def kicks_for(search: str, count: int) -> int:
    """Kicks of the `even` or the `laid` search among `count` items."""
    return max(FEWEST_KICKS, KICKS[search] * count)


def improved_tour(
    costs: ExpectedCosts, codes: Ints, start: Ints, sizes: tuple[int, ...], seed: int = 0
) -> Ints:
    """A tour, cheap when `lay_tour` lays it in batches of `sizes`, and never dearer than `start`.

    costs: of the items' codes, int64 (N, D); start: a permutation, int64 (N,). Returns int64 (N,).
    Deterministic; its random kicks come from `seed`.
    """
    count = len(start)
    if not count:
        return start
    layout = laid_layout(sizes)
    if count <= EXHAUSTIVE:
        return _every_order(costs, layout)
    near = candidates(costs, codes, SHORTLIST, CANDIDATES)
    rng = np.random.default_rng(seed)
    even = Search(costs, start)
    even.improve(even_layout(count), near, REACH["even"], kicks_for("even", count), rng)
    laid = Search(costs, best_rotation(costs, even.tour, layout))
    laid.improve(layout, near, REACH["laid"], kicks_for("laid", count), rng)
    return laid.tour if laid.units(layout) <= laid_units(costs, start, sizes) else start
