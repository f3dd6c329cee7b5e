"""Sites: several channels, many levels and neighbours go through as two levels do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from head_contract import HashingNetwork, HeadContract
from numpy.typing import NDArray

from acncodec.coding.around import around, offsets_of
from acncodec.coding.sites import Sites
from acncodec.contracts.distribution import TOTAL
from acncodec.contracts.head import Offset
from acncodec.errors import CoderError
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack
from acncodec.stack.distributions import Rows

Ints = NDArray[np.int64]
Pixels = NDArray[Any]
WEST, NORTH_EAST, TWO_ABOVE = (0, -1), (-1, 1), (-2, 0)


class Spikes:
    """A head that expects what its outputs, the channels before and the neighbours say."""

    outputs = 2

    def __init__(self, levels: int, order: tuple[int, ...], neighbours: tuple[Offset, ...]) -> None:
        self.levels, self.channel_order, self.neighbours = levels, order, neighbours

    def begin(self, outputs: Ints, seen: Pixels) -> Pile:
        return Pile(self, outputs, seen)


class Pile:
    def __init__(self, head: Spikes, outputs: Ints, seen: Pixels) -> None:
        self._head, self._outputs, self._seen = head, outputs, seen
        self._before: list[Ints] = []

    def distribution(self) -> Rows:
        levels, rows = self._head.levels, np.arange(len(self._outputs))
        frequencies = np.full((len(rows), levels), (TOTAL >> 2) // levels)
        channel = self._head.channel_order[len(self._before)]
        likely = [self._outputs[:, 0], *self._before]
        likely += [self._seen[:, place, channel] for place in range(self._seen.shape[1])]
        for weight, value in enumerate(likely, 2):
            frequencies[rows, value.astype(np.int64) % levels] += TOTAL >> (2 + weight)
        frequencies[rows, self._outputs[:, 1] % levels] += TOTAL - frequencies.sum(1)
        return Rows(frequencies)

    def known(self, values: Pixels) -> None:
        self._before.append(values.astype(np.int64))


class TestThreeChannels(HeadContract):
    def head(self) -> Spikes:
        return Spikes(200, (1, 0, 2), (WEST, NORTH_EAST, TWO_ABOVE))


class TestManyLevels(HeadContract):
    def head(self) -> Spikes:
        return Spikes(1000, (0,), (WEST,))


class TestFourChannelsOfTwoLevels(HeadContract):
    def head(self) -> Spikes:
        return Spikes(2, (3, 2, 1, 0), ())


def test_neighbours_are_the_pixels_at_their_offsets_and_0_outside() -> None:
    pixels = np.random.default_rng(0).integers(1, 250, (5, 3, 6, 7)).astype(np.uint8)
    offsets = (WEST, NORTH_EAST, TWO_ABOVE, (-1, -2))
    padded = np.pad(pixels, ((0, 0), (0, 0), (2, 2), (2, 2)))
    for row in range(6):
        whole = around(pixels, offsets_of(offsets), row, range(7)).reshape(7, 5, 4, 3)
        for column in range(7):
            one = around(pixels, offsets_of(offsets), row, range(column, column + 1))
            assert one.dtype == np.int64
            assert np.array_equal(one, whole[column])
            deep = around(
                pixels.astype(np.uint16), offsets_of(offsets), row, range(column, column + 1)
            )
            assert np.array_equal(deep, one)
            for place, (down, right) in enumerate(offsets):
                wanted = padded[:, :, 2 + row + down, 2 + column + right]
                assert np.array_equal(one[:, place], wanted)
    assert around(pixels, offsets_of(()), 0, range(2)).shape == (10, 0, 3)


@pytest.mark.parametrize("offset", [(0, 0), (0, 1), (1, -1)])
def test_a_head_that_looks_ahead_is_refused(offset: Offset) -> None:
    with Workers(1, 8) as workers, pytest.raises(CoderError, match="not known yet"):
        Sites(HashingNetwork(1, 2), Spikes(4, (0,), (offset,)), np.zeros((3, 1), int), workers)


def test_no_images_leave_the_stack_as_it_is() -> None:
    head, none = Spikes(4, (0,), (WEST,)), np.zeros((0, 1), np.int64)
    stack = Stack.seeded(bytes(32))
    with Workers(2, 8) as workers:
        codec = Sites(HashingNetwork(1, 2), head, none, workers)
        codec.push(stack, np.zeros((0, 1, 4, 6), np.uint8))
        assert codec.pop(stack).shape == (0, 1, 4, 6)
    assert stack.valid_bits == 256


def test_a_failure_in_one_part_is_raised_and_ends_the_others() -> None:
    class Failing(Spikes):
        def begin(self, outputs: Ints, seen: Pixels) -> Pile:
            if len(outputs) < 16:
                raise CoderError("the last part")
            return super().begin(outputs, seen)

    with Workers(2, 16) as workers:
        head = Failing(4, (0,), ())
        codec = Sites(HashingNetwork(1, 2), head, np.zeros((40, 1), np.int64), workers)
        with pytest.raises(CoderError, match="the last part"):
            codec.pop(Stack.seeded(bytes(32)))
