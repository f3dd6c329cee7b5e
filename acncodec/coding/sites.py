"""Images on a stack, site by site: rows, columns, and the channels of a pixel.

A network gives numbers for a pixel, a head makes them the distribution of a channel. Where all
pixels are known (push) whole rows are priced at once; where they are not (pop) a channel is known
only when it is off the stack, and the network goes on from there. All images of a batch are coded
at a site before the next one, the first image on top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.around import around, offsets_of
from acncodec.coding.popping import Part, Walk, pop_parts
from acncodec.contracts.distribution import Intervals, Ints
from acncodec.contracts.head import Head
from acncodec.contracts.message import Message
from acncodec.contracts.pixel_loop import PixelLoop, Stretch
from acncodec.contracts.pixel_network import PixelNetwork, PixelPass, RaggedPass
from acncodec.errors import CoderError
from acncodec.run.workers import Workers
from acncodec.stack.ans_kernels import information_of_columns, total_information

Pixels = NDArray[Any]
Floats = NDArray[np.float64]
Join = Callable[[PixelPass | RaggedPass, Head, Pixels], PixelLoop | None]
"""Of a pass, a head and where its images (n, C, H, W) go: the loop that these have together."""


def no_loop(_run: PixelPass | RaggedPass, _head: Head, _pixels: Pixels) -> None:
    """Of whatever pass and head: they have none."""


class Sites:
    """r(x|z) of n images by a network and a head. z: int64 (n, D).

    Symbols are level indices (n, C, H, W), uint8, or uint16 where there are more than 256.
    join says whether pass and head have a compiled loop; without one, each site returns to Python.
    Raises `CoderError` for a head that looks at pixels that are not known yet.
    """

    def __init__(
        self, network: PixelNetwork, head: Head, z: Ints, workers: Workers, join: Join = no_loop
    ) -> None:
        for down, right in head.neighbours:
            if down > 0 or (down == 0 and right >= 0):
                raise CoderError(f"a pixel at ({down}, {right}) is not known yet")
        self._network, self._head, self._z, self._workers = network, head, z, workers
        self._order, self._join = head.channel_order, join

    def push(self, stack: Message, symbol: Pixels) -> None:
        """Push images (n, C, H, W)."""
        self.push_priced(stack, symbol)

    def push_priced(self, stack: Message, symbol: Pixels) -> Floats:
        """Push images (n, C, H, W), and say what each of them costs, bits (n,)."""
        intervals = self.priced(symbol)
        stack.push_intervals(intervals)
        return self._image_bits(intervals)

    def image_bits(self, symbol: Pixels) -> Floats:
        """Information content of each image, bits (n,)."""
        return self._image_bits(self.priced(symbol))

    def _image_bits(self, intervals: Intervals) -> Floats:
        count = len(self._z)
        if not count:
            return np.zeros(0)
        bits: Floats = information_of_columns(intervals.frequencies.reshape(-1, count))
        return bits

    def bits(self, symbol: Pixels) -> float:
        """Information content of images (n, C, H, W), bits."""
        return float(total_information(self.priced(symbol).frequencies))

    def pop(self, stack: Message) -> Pixels:
        """Pop images (n, C, H, W), divided among the threads (`popping`)."""
        workers, count = self._workers, len(self._z)
        shape = count, len(self._order), self._network.height, self._network.width
        pixels = np.zeros(shape, np.uint8 if self._head.levels <= 256 else np.uint16)
        parts = workers.parts(count)

        def begin(number: int) -> Part:
            mine = pixels[parts[number]]
            run = self._start(parts[number])
            loop = self._join(run, self._head, mine)
            return Part(loop, self._rows(run, len(mine)), self._walk(run, mine))

        pop_parts(len(parts), begin, stack, workers)
        return pixels

    def _start(self, rows: slice) -> PixelPass:
        return self._network.start(self._z[rows], self._workers.device)

    def _rows(self, run: PixelPass, count: int) -> Iterator[Stretch]:
        """Whole rows of `count` images, each begun."""
        network, images = self._network, np.arange(count)
        for row in range(network.height):
            run.begin_row(row)
            yield Stretch(row, 0, network.width, count, images, images)

    def _walk(self, run: PixelPass, pixels: Pixels) -> Walk:
        """Go through the sites of some images.

        run: of these images; pixels: of them, (m, C, H, W), filled on the way.
        """
        network, head = self._network, self._head
        offsets = offsets_of(head.neighbours)
        for row in range(network.height):
            run.begin_row(row)
            for start in range(0, network.width, network.span):
                stop = start + network.span
                outputs = run.outputs(row, start, stop)
                for column in range(start, stop):
                    known = around(pixels, offsets, row, range(column, column + 1))
                    site = head.begin(outputs[column - start], known)
                    for channel in self._order:
                        place = pixels[:, channel, row, column]
                        yield site.distribution(), place
                        site.known(place)
                run.put(row, start, stop, pixels[:, :, row, start:stop])

    def priced(self, pixels: Pixels) -> Intervals:
        """The parts of all symbols of images (n, C, H, W), in the order of the stack."""
        network, count = self._network, len(self._z)
        sites = network.height, network.width, len(self._order)
        starts, frequencies = np.empty((2, *sites, count), np.int32)

        def price(rows: slice) -> None:
            for row, channel, part in self._known_rows(rows, pixels[rows]):
                starts[row, :, channel, rows] = part.starts.reshape(network.width, -1)
                frequencies[row, :, channel, rows] = part.frequencies.reshape(network.width, -1)

        self._workers.map(price, self._workers.parts(count))
        symbols = pixels[:, self._order].transpose(2, 3, 1, 0).ravel()
        return Intervals(symbols, starts.ravel(), frequencies.ravel(), self._head.levels)

    def _known_rows(self, rows: slice, pixels: Pixels) -> Iterator[tuple[int, int, Intervals]]:
        """The parts of known images (m, C, H, W): row, place of the channel in the coding order,
        and the parts of its (W * m) symbols."""
        network, head = self._network, self._head
        offsets = offsets_of(head.neighbours)
        run = self._start(rows)
        for row in range(network.height):
            run.begin_row(row)
            run.put(row, 0, network.width, pixels[:, :, row])
            outputs = run.outputs(row, 0, network.width)
            known = around(pixels, offsets, row, range(network.width))
            site = head.begin(outputs.reshape(-1, head.outputs), known)
            for place, channel in enumerate(self._order):
                values = pixels[:, channel, row].T.astype(np.int64).ravel()
                yield row, place, site.distribution().interval(values)
                site.known(values)
