"""Schedules: batches of items, and for each item the earlier item whose code prices it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import FormatError

Ints = NDArray[np.int64]

MAX_WIDTH = 512
"""Format 1: no batch is wider, which bounds the memory that decoding takes."""


@dataclass(frozen=True, eq=False)
class Schedule:
    """Positions 0..N-1 in decoding order. `sizes` are the batches' sizes; `parents` (N,) are
    positions in earlier batches, or -1 for items priced by the unconditional prior; the items of a
    batch have all of them a parent, or none has (FORMAT.md, 11.1)."""

    sizes: tuple[int, ...]
    parents: Ints

    def __post_init__(self) -> None:
        if sum(self.sizes) != len(self.parents) or any(size < 1 for size in self.sizes):
            raise FormatError("the batches of a schedule do not add up")
        starts = np.repeat(self.starts, self.sizes)
        if (self.parents >= starts).any() or (self.parents < -1).any():
            raise FormatError("a parent is not in an earlier batch")
        orphans = self.parents < 0
        if len(self.sizes) and (orphans != np.repeat(orphans[self.starts], self.sizes)).any():
            raise FormatError("some items of a batch have a parent and some have none")

    @property
    def starts(self) -> Ints:
        """First position of each batch."""
        sizes = np.array(self.sizes, np.int64)
        return np.cumsum(sizes) - sizes

    def batch_of(self, position: int) -> int:
        """Which batch a position is in, counted from 0."""
        return int(np.searchsorted(self.starts, position, side="right")) - 1

    def first_batches(self, count: int) -> Schedule:
        """The schedule of the first `count` batches alone: no parent lies behind them."""
        sizes = self.sizes[:count]
        return Schedule(sizes, self.parents[: sum(sizes)])

    def batches(self) -> list[slice]:
        """Positions of each batch, in decoding order."""
        return [
            slice(int(start), int(start) + size)
            for start, size in zip(self.starts, self.sizes, strict=True)
        ]


def iid_schedule(sizes: tuple[int, ...]) -> Schedule:
    """Every item for itself."""
    return Schedule(sizes, np.full(sum(sizes), -1, np.int64))


def tour_schedule(sizes: tuple[int, ...]) -> Schedule:
    """Pieces of a tour, each decoded from its head outwards in both directions.

    The first batch holds the heads, which have no parent. Arm a of the second batch hangs on
    head a // 2 (even: forwards along the tour, odd: backwards), and from then on each item
    hangs on the previous one of its arm. Arms end in order of falling index.

            ... <- o <- o <- HEAD -> o -> o -> ...
                  arm 1              arm 0
    """
    if not sizes:
        return Schedule((), np.zeros(0, np.int64))
    if len(sizes) > 1 and sizes[1] > 2 * sizes[0]:
        raise FormatError("a tour's second batch is wider than two arms a head")
    if any(after > before for before, after in pairwise(sizes[1:])):
        raise FormatError("a tour's batches grow after the second one")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    parents = [np.full(sizes[0], -1, np.int64)]
    for index in range(1, len(sizes)):
        arms = np.arange(sizes[index])
        parents.append(arms // 2 if index == 1 else starts[index - 1] + arms)
    return Schedule(sizes, np.concatenate(parents))


def lay_tour(tour: Ints, sizes: tuple[int, ...]) -> Ints:
    """Which item sits at each position when `tour` (N,) is cut into the arms of `sizes`.

    Consecutive pieces of the tour go to consecutive heads, so that every parent of an item
    that is not a head is its neighbour on the tour.
    """
    heads = sizes[0] if sizes else 0
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    order = np.empty(len(tour), np.int64)
    widths = np.array(sizes[1:], np.int64)
    lengths = [int((widths > arm).sum()) for arm in range(2 * heads)]
    at = 0
    for head in range(heads):
        forward, backward = lengths[2 * head], lengths[2 * head + 1]
        centre = at + backward
        order[head] = tour[centre]
        order[starts[1 : 1 + forward] + 2 * head] = tour[centre + 1 : centre + 1 + forward]
        order[starts[1 : 1 + backward] + 2 * head + 1] = tour[at:centre][::-1]
        at = centre + 1 + forward
    return order
