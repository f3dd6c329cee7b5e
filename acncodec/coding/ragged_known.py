"""Known images of several sizes and levels: the part of every symbol, row by row, team by team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.around import around, offsets_of
from acncodec.coding.ragged_teams import RaggedImages, Team
from acncodec.coding.sites import Floats
from acncodec.contracts.distribution import TOTAL_BITS, Intervals, Ints

Pixels = NDArray[Any]

ROW_OUTPUTS = 1 << 22
"""About so many numbers of the network are held at once while whole rows are priced."""


def price_known(images: RaggedImages, symbol: Sequence[Pixels]) -> tuple[list[Intervals], Floats]:
    """The parts of all symbols in the order of the stack, in runs of one number of levels, and what
    each image costs, bits (n,). symbol: level indexes (C, H, W) of each image, as it was given."""
    heights, widths, order = images.heights, images.widths, images.order
    size = int(heights.max()), int(widths.max())
    counts = _pixel_counts(heights, widths, size)
    channels = len(images.head.channel_order)
    bases = channels * (np.cumsum(counts).reshape(counts.shape) - counts)
    total = int(channels * counts.sum())
    symbols, levels = np.empty(total, np.int64), np.empty(total, np.int32)
    starts, frequencies = np.empty((2, total), np.int32)
    bits = np.zeros(len(symbol))
    teams = images.teams(ROW_OUTPUTS // (size[1] * images.head.outputs))

    def price(number: int) -> None:
        team = teams[number]
        canvas = team.canvas()
        for place, image in enumerate(canvas, team.places.start):
            given = symbol[order[place]]
            image[:, : given.shape[1], : given.shape[2]] = given
        first = team.places.start
        before = _pixel_counts(heights[:first], widths[:first], canvas.shape[2:])
        cost = np.zeros(len(canvas))
        for row, mask, parts in _known_rows(images, team, canvas):
            columns, there = np.nonzero(mask)
            ranks = (np.cumsum(mask, axis=1) - 1)[mask]
            start = bases[row, columns] + before[row, columns] + ranks
            for place, part in enumerate(parts):
                at = start + place * counts[row, columns]
                symbols[at], levels[at] = part.symbols, part.alternatives
                starts[at], frequencies[at] = part.starts, part.frequencies
                paid = TOTAL_BITS - np.log2(part.frequencies)
                cost += np.bincount(there, paid, len(canvas))
        bits[order[team.places]] = cost

    images.workers.map(price, range(len(teams)))
    cuts = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist(), total]
    runs = [
        Intervals(symbols[a:b], starts[a:b], frequencies[a:b], int(levels[a]))
        for a, b in pairwise(cuts)
        if a < b
    ]
    return runs, bits


def _known_rows(
    images: RaggedImages, team: Team, canvas: Pixels
) -> Iterator[tuple[int, NDArray[np.bool_], list[Intervals]]]:
    """Row by row: which columns which images of a team have (W, n), and for each channel in coding
    order the parts of these symbols, column by column."""
    head, run = team.kind.head, images.begin(team)
    height, width = canvas.shape[2:]
    outputs = np.empty((width, len(canvas), head.outputs), np.int64)
    reached = np.arange(width)[:, None] < team.widths
    for row in range(height):
        run.begin_row(row)
        run.known_row(row, canvas, outputs)
        mask = reached & (team.heights > row)
        known = around(canvas, offsets_of(head.neighbours), row, range(width))
        known = known.reshape(width, len(canvas), *known.shape[1:])
        site = head.begin(outputs[mask], known[mask])
        parts = []
        for channel in head.channel_order:
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
