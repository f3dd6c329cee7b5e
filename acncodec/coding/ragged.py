"""Images of several sizes and numbers of levels on a stack, site by site, as `sites` has one size.

All images that have a pixel are coded there, channel by channel, those of fewer levels first, and
of equally many in their order; images that have ended drop out. A *team* is some images of one
number of levels that go through the network side by side, the widest first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.sites import Floats, around
from acncodec.coding.turns import Turns
from acncodec.contracts.distribution import TOTAL_BITS, Distribution, Intervals, Ints
from acncodec.contracts.head import Head
from acncodec.contracts.message import Message
from acncodec.contracts.pixel_network import RaggedNetwork, RaggedPass
from acncodec.run.workers import Workers

Pixels = NDArray[Any]
Walk = Iterator[tuple[Distribution | None, Pixels]]

KEPT = 0.75
"""When no more than this share of a team's images is left, it goes on without the others."""
ROW_OUTPUTS = 1 << 22
"""About so many numbers of the network are held at once while whole rows are priced."""


@dataclass(frozen=True)
class Kind:
    """How images of one number of levels are priced."""

    network: RaggedNetwork
    head: Head


@dataclass(frozen=True, eq=False)
class _Team:
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


class _Run:
    """A team on its way through the network."""

    def __init__(self, team: _Team, z: Ints, device: str) -> None:
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

    def reaching(self, column: int) -> Ints:
        """The images that have a column, in the order of the pass."""
        return self.order[: int((self._team.widths[self.order] > column).sum())]

    def put(self, row: int, start: int, stop: int, canvas: Pixels) -> None:
        """Columns that the same images have become known."""
        rows = self.reaching(start)
        self._run.put(row, start, stop, canvas[rows, :, row, start:stop])

    def outputs(self, row: int, start: int, stop: int, out: Ints) -> None:
        """What the network gives, to `out` (stop - start, n, O), for columns that the same images
        have."""
        rows = self.reaching(start)
        out[:, rows] = self._run.outputs(row, start, stop, len(rows))

    def segments(self) -> list[tuple[int, int]]:
        """Columns in stretches that the same images have."""
        ends = np.unique(self._team.widths[self.order]).tolist()
        return list(zip([0, *ends[:-1]], ends, strict=True))


class RaggedSites:
    """r(x|z) of n images of several sizes and levels. Symbols are lists of level indices (C, H, W).

    sizes: (height, width) of each image; levels: of each; kind: how images of a number of levels
    are priced; z: int64 (n, D).
    """

    def __init__(
        self, sizes: Sequence[tuple[int, int]], levels: Sequence[int],
        kind: Callable[[int], Kind], z: Ints, workers: Workers,
    ) -> None:  # fmt: skip
        self._order = np.argsort(np.array(levels), kind="stable")
        ordered = np.array(levels, np.int64)[self._order]
        self._heights, self._widths = np.array(sizes, np.int64)[self._order].T
        self._z, self._workers = z[self._order], workers
        self._groups = [
            (kind(int(count)), int(start), int(start + size))
            for count, start, size in zip(
                *np.unique(ordered, return_index=True, return_counts=True), strict=True
            )
        ]
        self._channels = self._groups[0][0].head.channel_order

    def _teams(self, most: int | None = None) -> list[_Team]:
        """All images in teams, in coding order."""
        teams = []
        for kind, start, stop in self._groups:
            for part in self._workers.parts(stop - start):
                step = part.stop - part.start if most is None else max(1, most)
                for at in range(start + part.start, start + part.stop, step):
                    rows = slice(at, min(at + step, start + part.stop))
                    teams.append(_Team(kind, rows, self._heights[rows], self._widths[rows]))
        return teams

    def push(self, stack: Message, symbol: list[Pixels]) -> None:
        """Push images."""
        self.push_priced(stack, symbol)

    def push_priced(self, stack: Message, symbol: list[Pixels]) -> Floats:
        """Push images, and say what each costs, bits (n,)."""
        runs, bits = self._priced(symbol)
        for run in reversed(runs):
            stack.push_intervals(run)
        return bits

    def image_bits(self, symbol: list[Pixels]) -> Floats:
        """Information content of each image, bits (n,)."""
        return self._priced(symbol)[1]

    def bits(self, symbol: list[Pixels]) -> float:
        """Information content of images, bits."""
        return float(self.image_bits(symbol).sum())

    def pop(self, stack: Message) -> list[Pixels]:
        """Pop images, as `Sites.pop` does."""
        teams, workers = self._teams(), self._workers
        turns = Turns(len(teams))
        canvases = [team.canvas() for team in teams]
        shares = [range(first, len(teams), workers.threads) for first in range(workers.threads)]

        def decode(share: range) -> None:
            with turns.ending():
                walks = [(number, self._walk(teams[number], canvases[number])) for number in share]
                _answer(walks, stack, turns)

        with turns.ending():
            workers.map(decode, [share for share in shares if share])
        return self._images(teams, canvases)

    def _images(self, teams: list[_Team], canvases: list[Pixels]) -> list[Pixels]:
        found: list[Pixels] = [np.zeros(0)] * len(self._order)
        for team, canvas in zip(teams, canvases, strict=True):
            for place, image in enumerate(canvas, team.places.start):
                size = slice(self._heights[place]), slice(self._widths[place])
                found[self._order[place]] = np.ascontiguousarray(image[:, *size])
        return found

    def _columns(self, row: int) -> int:
        """The width of the widest image that has a row."""
        return int(self._widths[self._heights > row].max())

    def _walk(self, team: _Team, canvas: Pixels) -> Walk:
        """Go through the sites of all images: for those of a team that are there a distribution,
        and where their values are to be written before the next one is asked for."""
        head, run = team.kind.head, _Run(team, self._z, self._workers.device)
        outputs = np.empty((1, len(canvas), head.outputs), np.int64)
        height, width = canvas.shape[2:]
        for row in range(int(self._heights.max())):
            if row < height:
                run.begin_row(row)
            for column in range(self._columns(row)):
                here = np.zeros(0, np.int64)
                if row < height and column < width:
                    here = np.flatnonzero((team.heights > row) & (team.widths > column))
                if not len(here):
                    for _ in self._channels:
                        yield None, here
                    continue
                run.outputs(row, column, column + 1, outputs)
                known = around(canvas, head.neighbours, row, range(column, column + 1))
                site = head.begin(outputs[0, here], known[here])
                for channel in self._channels:
                    place = np.empty(len(here), canvas.dtype)
                    yield site.distribution(), place
                    canvas[here, channel, row, column] = place
                    site.known(place)
                run.put(row, column, column + 1, canvas)

    def _priced(self, symbol: list[Pixels]) -> tuple[list[Intervals], Floats]:
        """The parts of all symbols in the order of the stack, in runs of one number of levels, and
        what each image costs."""
        size = int(self._heights.max()), int(self._widths.max())
        counts = _pixel_counts(self._heights, self._widths, size)
        channels = len(self._channels)
        bases = channels * (np.cumsum(counts).reshape(counts.shape) - counts)
        total = int(channels * counts.sum())
        symbols, levels = np.empty(total, np.int64), np.empty(total, np.int32)
        starts, frequencies = np.empty((2, total), np.int32)
        bits = np.zeros(len(symbol))
        teams = self._teams(ROW_OUTPUTS // (size[1] * self._groups[0][0].head.outputs))

        def price(number: int) -> None:
            team = teams[number]
            canvas = team.canvas()
            for place, image in enumerate(canvas, team.places.start):
                given = symbol[self._order[place]]
                image[:, : given.shape[1], : given.shape[2]] = given
            first = team.places.start
            before = _pixel_counts(self._heights[:first], self._widths[:first], canvas.shape[2:])
            cost = np.zeros(len(canvas))
            for row, mask, parts in self._known_rows(team, canvas):
                columns, images = np.nonzero(mask)
                ranks = (np.cumsum(mask, axis=1) - 1)[mask]
                start = bases[row, columns] + before[row, columns] + ranks
                for place, part in enumerate(parts):
                    at = start + place * counts[row, columns]
                    symbols[at], levels[at] = part.symbols, part.alternatives
                    starts[at], frequencies[at] = part.starts, part.frequencies
                    paid = TOTAL_BITS - np.log2(part.frequencies)
                    cost += np.bincount(images, paid, len(canvas))
            bits[self._order[team.places]] = cost

        self._workers.map(price, range(len(teams)))
        cuts = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist(), total]
        runs = [
            Intervals(symbols[a:b], starts[a:b], frequencies[a:b], int(levels[a]))
            for a, b in pairwise(cuts)
            if a < b
        ]
        return runs, bits

    def _known_rows(
        self, team: _Team, canvas: Pixels
    ) -> Iterator[tuple[int, NDArray[np.bool_], list[Intervals]]]:
        """The parts of known images: row, which columns which images have (W, n), and for each
        channel in coding order the parts of these symbols, column by column."""
        head, run = team.kind.head, _Run(team, self._z, self._workers.device)
        height, width = canvas.shape[2:]
        outputs = np.empty((width, len(canvas), head.outputs), np.int64)
        reached = np.arange(width)[:, None] < team.widths
        for row in range(height):
            run.begin_row(row)
            for start, stop in run.segments():
                run.put(row, start, stop, canvas)
            for start, stop in run.segments():
                run.outputs(row, start, stop, outputs[start:stop])
            mask = reached & (team.heights > row)
            known = around(canvas, head.neighbours, row, range(width))
            known = known.reshape(width, len(canvas), *known.shape[1:])
            site = head.begin(outputs[mask], known[mask])
            parts = []
            for channel in self._channels:
                values = canvas[:, channel, row].T[mask].astype(np.int64)
                parts.append(site.distribution().interval(values))
                site.known(values)
            yield row, mask, parts


def _pixel_counts(heights: Ints, widths: Ints, size: tuple[int, ...]) -> Ints:
    """How many of some images have each pixel of the first H rows and W columns, int64 (H, W)."""
    height, width = size
    counts = np.zeros((height, width), np.int64)
    np.add.at(counts, (np.minimum(heights, height) - 1, np.minimum(widths, width) - 1), 1)
    summed: Ints = counts[::-1, ::-1].cumsum(0).cumsum(1)[::-1, ::-1]
    return np.ascontiguousarray(summed)


def _answer(walks: list[tuple[int, Walk]], stack: Message, turns: Turns) -> None:
    """As that of `sites`; a team without a pixel has its turn, and asks for nothing."""
    asked = deque((number, walk, next(walk, None)) for number, walk in walks)
    while asked:
        number, walk, question = asked.popleft()
        if question is not None:
            distribution, place = question
            with turns.of(number):
                if distribution is not None:
                    place[:] = stack.pop(distribution)
            asked.append((number, walk, next(walk, None)))
