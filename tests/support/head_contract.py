"""What every head keeps to: a test of one inherits this class and says which head it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from distribution_contract import message_words
from numpy.typing import NDArray

from acncodec.coding.sites import Sites
from acncodec.contracts.distribution import TOTAL, Distribution
from acncodec.contracts.head import Head
from acncodec.run.workers import Workers
from acncodec.sampling.draws import RandomMessage
from acncodec.stack.ans import Stack

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


class HashingPass:
    """Outputs that depend on every pixel before, and on the latent: a network of no sense."""

    def __init__(self, network: HashingNetwork, z: Ints) -> None:
        self._network, self._z = network, z
        shape = len(z), network.channels, network.height, network.width
        self._known = np.zeros(shape, np.int64)
        self._above = np.zeros(len(z), np.int64)
        self._row = -1

    def begin_row(self, row: int) -> None:
        assert row == self._row + 1
        self._row = row
        self._above = self._hash(self._known[:, :, :row].reshape(len(self._z), -1))

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        assert row == self._row
        self._known[:, :, row, start:stop] = values

    def outputs(self, row: int, start: int, stop: int) -> Ints:
        out = np.empty((stop - start, len(self._z), self._network.outputs), np.int64)
        for column in range(start, stop):
            known = start if self._network.span > 1 else column
            left = self._hash(self._known[:, :, row, :known].reshape(len(self._z), -1))
            for output in range(self._network.outputs):
                mixed = self._above + 3 * left + 7 * self._z[:, 0] + 11 * column + 13 * output
                out[column - start, :, output] = mixed * 2654435761 % 4001 - 2000
        return out

    @staticmethod
    def _hash(values: Ints) -> Ints:
        places = np.arange(1, values.shape[1] + 1) * 40503 % 1009
        found: Ints = (values + 1) @ places % 65_521
        return found


@dataclass(frozen=True)
class HashingNetwork:
    """span: 1, or the width, where outputs depend on the rows above alone."""

    channels: int
    outputs: int
    height: int = 4
    width: int = 6
    span: int = 1

    def start(self, z: Ints, _device: str = "cpu") -> HashingPass:
        return RowPass(self, z) if self.span > 1 else HashingPass(self, z)


class RowPass(HashingPass):
    """Outputs that no pixel of the same row changes."""

    def outputs(self, row: int, start: int, stop: int) -> Ints:
        known = self._known[:, :, row].copy()
        self._known[:, :, row] = 0
        out = super().outputs(row, start, stop)
        self._known[:, :, row] = known
        return out


class HeadContract:
    """Inherit it, and define `head`."""

    COUNT = 37

    def head(self) -> Head:
        """The head that is tested."""
        raise NotImplementedError

    def images(self, count: int = COUNT) -> Pixels:
        """Level indexes (count, C, H, W), with the ends of the range among them."""
        head = self.head()
        network = self.network()
        shape = count, len(head.channel_order), network.height, network.width
        values = np.random.default_rng(0).integers(0, head.levels, shape)
        values.flat[:2] = 0, head.levels - 1
        return values.astype(np.uint8 if head.levels <= 256 else np.uint16)

    def network(self, span: int = 1) -> HashingNetwork:
        head = self.head()
        return HashingNetwork(len(head.channel_order), head.outputs, span=span)

    def latents(self, count: int = COUNT) -> Ints:
        return np.random.default_rng(1).integers(-90, 90, (count, 2))

    def begun(self, rows: slice, values: Pixels) -> list[Distribution]:
        """The distributions of all channels of some pixels, whose values are (n, C)."""
        head = self.head()
        rng = np.random.default_rng(2)
        outputs = rng.integers(-3000, 3000, (len(values), head.outputs))
        shape = len(values), len(head.neighbours), values.shape[1]
        around = rng.integers(0, head.levels, shape).astype(values.dtype)
        site, found = head.begin(outputs[rows], around[rows]), []
        for channel in head.channel_order:
            found.append(site.distribution())
            site.known(values[rows, channel])
        return found

    def test_channels_are_coded_once_each_and_neighbours_are_causal(self) -> None:
        head = self.head()
        assert sorted(head.channel_order) == list(range(len(head.channel_order)))
        assert all(down < 0 or (down == 0 and right < 0) for down, right in head.neighbours)
        assert 2 <= head.levels <= 1 << 16

    def test_every_distribution_is_one_and_the_same_for_any_slice(self) -> None:
        head = self.head()
        values = self.images()[:, :, 0, 0]
        whole = self.begun(slice(None), values)
        quantiles = np.random.default_rng(3).integers(0, TOTAL, len(values))
        quantiles[:2] = 0, TOTAL - 1
        for channel, made in zip(head.channel_order, whole, strict=True):
            assert len(made) == len(values) and made.alternatives == head.levels
            symbols = values[:, channel].astype(np.int64)
            part = made.interval(symbols)
            ends = part.starts.astype(np.int64) + part.frequencies
            assert part.frequencies.min() >= 1
            for inside in (part.starts.astype(np.int64), ends - 1):
                assert np.array_equal(made.locate(inside).symbols, symbols)
            found = made.locate(quantiles)
            again = made.interval(found.symbols)
            assert np.array_equal(again.starts, found.starts)
            assert np.array_equal(again.frequencies, found.frequencies)
            first = made.interval(np.zeros(len(values), np.int64))
            last = made.interval(np.full(len(values), head.levels - 1))
            assert not first.starts.any()
            assert (last.starts.astype(np.int64) + last.frequencies == TOTAL).all()
        for rows in (slice(3, 4), slice(5, None)):
            for made, part in zip(whole, self.begun(rows, values), strict=True):
                sliced = np.random.default_rng(3).integers(0, TOTAL, len(values))
                wanted = made.locate(sliced)
                found = part.locate(sliced[rows])
                assert np.array_equal(found.symbols, wanted.symbols[rows])
                assert np.array_equal(found.starts, wanted.starts[rows])

    @pytest.mark.parametrize("span", [1, 6])
    @pytest.mark.parametrize(("threads", "batch"), [(1, 64), (2, 64), (2, 3), (3, 1)])
    def test_images_come_back_with_any_threads_and_batch(
        self, threads: int, batch: int, span: int
    ) -> None:
        images, z = self.images(), self.latents()
        with Workers(1, 64) as alone, Workers(threads, batch) as workers:
            stack = Stack(message_words(0, 50), seal=True)
            start = stack.words()
            codec = Sites(self.network(span), self.head(), z, alone)
            codec.push(stack, images)
            assert stack.ideal_bits == pytest.approx(codec.bits(images), rel=1e-12)
            other = Sites(self.network(span), self.head(), z, workers)
            back = other.pop(stack)
            assert back.dtype == images.dtype
            assert np.array_equal(back, images)
            assert np.array_equal(stack.words(), start)
            other.push(stack, images)
            assert np.array_equal(codec.pop(stack), images)

    def test_what_is_drawn_lies_where_the_integers_say(self) -> None:
        z = self.latents()
        network = self.network()
        sites = network.height * network.width * len(self.head().channel_order)
        uniform = np.random.default_rng(4).integers(0, TOTAL, (sites, len(z)))
        with Workers(2, 5) as workers:
            codec = Sites(network, self.head(), z, workers)
            drawn = codec.pop(RandomMessage(uniform.ravel()))
            again = codec.pop(RandomMessage(uniform.ravel()))
            priced = codec.priced(drawn)
        assert np.array_equal(drawn, again)
        starts = priced.starts.astype(np.int64)
        assert (starts <= uniform.ravel()).all()
        assert (uniform.ravel() < starts + priced.frequencies).all()
