"""Images of several sizes and numbers of levels on a stack, site by site, as `sites` has one size.

All images that have a pixel are coded there, channel by channel, those of fewer levels first, and
of equally many in their order; images that have ended drop out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.around import around, offsets_of
from acncodec.coding.popping import Part, Walk, pop_parts
from acncodec.coding.ragged_known import price_known
from acncodec.coding.ragged_teams import Kind, RaggedImages, Team, TeamPass
from acncodec.coding.sites import Floats, Join, no_loop
from acncodec.contracts.distribution import Ints
from acncodec.contracts.message import Message
from acncodec.contracts.pixel_loop import Stretch
from acncodec.run.workers import Workers

Pixels = NDArray[Any]


class RaggedSites:
    """r(x|z) of n images of several sizes and levels. Symbols are lists of level indices (C, H, W).

    sizes, levels, kind, z: as of `RaggedImages`; join: as of `Sites`.
    """

    def __init__(
        self, sizes: Sequence[tuple[int, int]], levels: Sequence[int],
        kind: Callable[[int], Kind], z: Ints, workers: Workers, join: Join = no_loop,
    ) -> None:  # fmt: skip
        self._join = join
        self._known = RaggedImages(sizes, levels, kind, z, workers)

    def push(self, stack: Message, symbol: list[Pixels]) -> None:
        """Push images."""
        self.push_priced(stack, symbol)

    def push_priced(self, stack: Message, symbol: list[Pixels]) -> Floats:
        """Push images, and say what each costs, bits (n,)."""
        runs, bits = price_known(self._known, symbol)
        for run in reversed(runs):
            stack.push_intervals(run)
        return bits

    def image_bits(self, symbol: list[Pixels]) -> Floats:
        """Information content of each image, bits (n,)."""
        return price_known(self._known, symbol)[1]

    def bits(self, symbol: list[Pixels]) -> float:
        """Information content of images, bits."""
        return float(self.image_bits(symbol).sum())

    def pop(self, stack: Message) -> list[Pixels]:
        """Pop images, as `Sites.pop` does."""
        teams = self._known.teams()
        canvases = [team.canvas() for team in teams]

        def begin(number: int) -> Part:
            team, canvas = teams[number], canvases[number]
            run = self._known.begin(team)
            loop = self._join(run.run, team.kind.head, canvas)
            stretches = self._stretches(run, canvas.shape[2])
            return Part(loop, stretches, self._walk(run, team, canvas))

        pop_parts(len(teams), begin, stack, self._known.workers)
        return self._images(teams, canvases)

    def _images(self, teams: list[Team], canvases: list[Pixels]) -> list[Pixels]:
        known = self._known
        found: list[Pixels] = [np.zeros(0)] * len(known)
        for team, canvas in zip(teams, canvases, strict=True):
            for place, image in enumerate(canvas, team.places.start):
                size = slice(known.heights[place]), slice(known.widths[place])
                found[known.order[place]] = np.ascontiguousarray(image[:, *size])
        return found

    def _stretches(self, run: TeamPass, height: int) -> Iterator[Stretch]:
        """All columns of all rows that some image of any team has."""
        for row in range(int(self._known.heights.max())):
            if row < height:
                run.begin_row(row)
            yield from run.stretches(row, self._columns(row))

    def _columns(self, row: int) -> int:
        """The width of the widest image that has a row."""
        return int(self._known.widths[self._known.heights > row].max())

    def _walk(self, run: TeamPass, team: Team, canvas: Pixels) -> Walk:
        """Go through the sites of all images, of which those of the team that are there are asked
        for."""
        head = team.kind.head
        outputs = np.empty((1, len(canvas), head.outputs), np.int64)
        offsets, (height, width) = offsets_of(head.neighbours), canvas.shape[2:]
        for row in range(int(self._known.heights.max())):
            if row < height:
                run.begin_row(row)
            for column in range(self._columns(row)):
                here = np.zeros(0, np.int64)
                if row < height and column < width:
                    here = np.flatnonzero((team.heights > row) & (team.widths > column))
                if not len(here):
                    for _ in head.channel_order:
                        yield None, here
                    continue
                run.outputs(row, column, column + 1, outputs)
                known = around(canvas, offsets, row, range(column, column + 1))
                site = head.begin(outputs[0, here], known[here])
                for channel in head.channel_order:
                    place = np.empty(len(here), canvas.dtype)
                    yield site.distribution(), place
                    canvas[here, channel, row, column] = place
                    site.known(place)
                run.put(row, column, column + 1, canvas)
