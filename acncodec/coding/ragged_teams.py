"""Images of several sizes and numbers of levels in teams, each of which goes through a network.

A *team* is some images of one number of levels that go through the network side by side, the widest
first; those that have ended drop out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import Ints
from acncodec.contracts.head import Head
from acncodec.contracts.pixel_loop import Stretch
from acncodec.contracts.pixel_network import RaggedNetwork, RaggedPass
from acncodec.run.workers import Workers

Pixels = NDArray[Any]

KEPT = 0.75
"""When no more than this share of a team's images is left, it goes on without the others: of rows
for good, of columns until the row ends."""


@dataclass(frozen=True)
class Kind:
    """How images of one number of levels are priced."""

    network: RaggedNetwork
    head: Head


@dataclass(frozen=True, eq=False)
class Team:
    """Some images, by their places in coding order, and their sizes."""

    kind: Kind
    places: slice
    heights: Ints
    widths: Ints

    def canvas(self) -> Pixels:
        """Room for all pixels, (n, C, H, W), zeros where an image has none."""
        head = self.kind.head
        size = int(self.heights.max()), int(self.widths.max())
        shape = len(self.heights), len(head.channel_order), *size
        return np.zeros(shape, np.uint8 if head.levels <= 256 else np.uint16)


class TeamPass:
    """A team on its way through the network. z: of all images in coding order, int64 (N, D)."""

    def __init__(self, team: Team, z: Ints, device: str) -> None:
        # By falling width; of those that are left, `order` says which image is where.
        self._team, self.order = team, np.argsort(-team.widths, kind="stable")
        width = int(team.widths.max())
        self._run: RaggedPass = team.kind.network.start(width, z[team.places][self.order], device)

    def begin_row(self, row: int) -> None:
        """The rows above are known; images that have ended are left out when they are many."""
        left = self._team.heights[self.order] > row
        if left.sum() <= KEPT * len(left) and left.any():
            self._run.keep(np.flatnonzero(left))
            self.order = self.order[left]
        self._run.begin_row(row)

    @property
    def run(self) -> RaggedPass:
        """The pass itself, whose images are as `order` says."""
        return self._run

    def stretches(self, row: int, stop: int) -> Iterator[Stretch]:
        """The columns of a row up to `stop`, cut where an image ends; the row has begun."""
        team = self._team
        widths = np.where(team.heights > row, team.widths, 0)
        reached = team.widths[self.order]
        places = np.empty(len(widths), np.int64)
        places[self.order] = np.arange(len(self.order))
        start = 0
        for end in [*np.unique(widths[widths > 0]).tolist(), stop]:
            if start < end:
                images = np.flatnonzero(widths > start)
                count = int((reached > start).sum()) if len(images) else 0
                yield Stretch(row, start, end, count, images, places[images])
                start = end

    def reaching(self, column: int) -> Ints:
        """The images that have a column, in the order of the pass."""
        return self.order[: int((self._team.widths[self.order] > column).sum())]

    def put(self, row: int, start: int, stop: int, canvas: Pixels) -> None:
        """Columns become known, of the images that have the first one."""
        rows = self.reaching(start)
        self._run.put(row, start, stop, canvas[rows, :, row, start:stop])

    def outputs(self, row: int, start: int, stop: int, out: Ints) -> None:
        """What the network gives, to `out` (stop - start, n, O), for the images that have the first
        of these columns."""
        rows = self.reaching(start)
        out[:, rows] = self._run.outputs(row, start, stop, len(rows))

    def known_row(self, row: int, canvas: Pixels, out: Ints) -> None:
        """All columns of a row become known, and what the network gives for them goes to `out`
        (W, n, O). Of columns that an image does not have, anything does."""
        widths = self._team.widths[self.order]
        found = stretches(widths)
        for start, stop in found:
            self.put(row, start, stop, canvas)
        for start, stop in found:
            self.outputs(row, start, stop, out[start:stop])
        ends = np.array([stop for _, stop in found])
        self._run.trim(row, widths, ends[np.searchsorted(ends, widths)])


def stretches(widths: Ints) -> list[tuple[int, int]]:
    """Columns in stretches in which most of the images that begin them do not end: each stretch is
    a call, and what it computes of images that have ended is for nothing."""
    ends, found, start = np.unique(widths), [], 0
    left = len(widths) - np.searchsorted(np.sort(widths), ends, "right")
    whole = len(widths)
    for end, count in zip(ends.tolist(), left.tolist(), strict=True):
        if count <= KEPT * whole:
            found.append((start, end))
            start, whole = end, count
    return found


class RaggedImages:
    """What is known of n images before a pixel is: sizes, levels, latents, and how they are priced.

    In *coding order* they are sorted by their number of levels, equal ones as they were given:
    `order` (n,) says which image is where; `heights`, `widths` (n,) and `z` (n, D) are in it.

    sizes: (height, width) of each image; levels: of each; kind: how images of a number of levels
    are priced; z: int64 (n, D).
    """

    def __init__(
        self, sizes: Sequence[tuple[int, int]], levels: Sequence[int],
        kind: Callable[[int], Kind], z: Ints, workers: Workers,
    ) -> None:  # fmt: skip
        self.order = np.argsort(np.array(levels), kind="stable")
        ordered = np.array(levels, np.int64)[self.order]
        self.heights, self.widths = np.array(sizes, np.int64)[self.order].T
        self.z, self.workers = z[self.order], workers
        self._groups = [
            (kind(int(count)), int(start), int(start + size))
            for count, start, size in zip(
                *np.unique(ordered, return_index=True, return_counts=True), strict=True
            )
        ]

    def __len__(self) -> int:
        return len(self.order)

    @property
    def head(self) -> Head:
        """That of the fewest levels; channels, neighbours and outputs are those of all."""
        return self._groups[0][0].head

    def teams(self, most: int | None = None) -> list[Team]:
        """All images in teams, of `most` images if that is said, in coding order."""
        teams = []
        for kind, start, stop in self._groups:
            for part in self.workers.parts(stop - start):
                step = part.stop - part.start if most is None else max(1, most)
                for at in range(start + part.start, start + part.stop, step):
                    rows = slice(at, min(at + step, start + part.stop))
                    teams.append(Team(kind, rows, self.heights[rows], self.widths[rows]))
        return teams

    def begin(self, team: Team) -> TeamPass:
        """A pass of a team through its network."""
        return TeamPass(team, self.z, self.workers.device)
