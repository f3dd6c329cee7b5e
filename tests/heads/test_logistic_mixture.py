"""The integer mixture: its definition in plain Python, and the contracts."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
import pytest
from distribution_contract import DistributionContract
from head_contract import HeadContract
from hypothesis import given, settings
from hypothesis import strategies as st
from mixture_draws import LEVELS, SHAPES, drawn_outputs, integers, some_around
from plain_mixture import PlainMixture

from acncodec.contracts.distribution import TOTAL, Distribution
from acncodec.errors import CoderError, ModelError
from acncodec.heads.logistic_mixture import CHANNEL_ORDERS, REACHES, ExactLogisticMixture
from acncodec.heads.mixture_shape import NEIGHBOURS, LogisticMixture
from acncodec.parts.causal_resnet.shape import NETWORK_ORDER
from acncodec.stack.ans import Stack

wild = st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(-(1 << 22), 1 << 22)


@st.composite
def pixels(draw: st.DrawFn) -> tuple[LogisticMixture, int, list[int], list[list[int]], list[int]]:
    """A shape, levels, outputs however wild, neighbours, and quantiles of the channels."""
    shape, levels = (
        draw(st.sampled_from(SHAPES)),
        draw(st.sampled_from(LEVELS) | st.integers(2, 999)),
    )
    size = st.sampled_from([1 << 8, 1 << 12, 1 << 20, 1 << 24])
    limit = draw(size)
    near = st.integers(-limit, limit)
    outputs = draw(st.lists(st.one_of(near, wild), min_size=shape.outputs, max_size=shape.outputs))
    count = sum(name in NEIGHBOURS for name in shape.spikes)
    value = st.integers(0, levels - 1)
    each = st.lists(value, min_size=shape.channels, max_size=shape.channels)
    around = draw(st.lists(each, min_size=count, max_size=count))
    quantiles = st.integers(0, TOTAL - 1)
    wanted = draw(st.lists(quantiles, min_size=shape.channels, max_size=shape.channels))
    return shape, levels, outputs, around, wanted


@settings(max_examples=150, deadline=None)
@given(pixels())
def test_the_definition_in_plain_integers_gives_the_same_parts(drawn: Any) -> None:
    shape, levels, outputs, around, quantiles = drawn
    head, plain = ExactLogisticMixture(shape, levels), PlainMixture(shape, levels, outputs, around)
    near = np.array(around, np.int64).reshape(1, len(around), shape.channels)
    site = head.begin(np.array([outputs]), near)
    for quantile in quantiles:
        value = bisect_right(range(1, levels), quantile, key=plain.below)
        start, stop = plain.below(value), plain.below(value + 1)
        made = site.distribution()
        for found in (made.locate(np.array([quantile])), made.interval(np.array([value]))):
            assert found.symbols.tolist() == [value]
            assert found.starts.tolist() == [start]
            assert found.frequencies.tolist() == [stop - start]
        assert start <= quantile < stop
        site.known(np.array([value]))
        plain.known(value)


class MixtureContract(DistributionContract):
    shape, levels, channel = SHAPES[0], 256, 0

    def distribution(self, rows: slice = slice(None)) -> Distribution:
        head = ExactLogisticMixture(self.shape, self.levels)
        outputs = integers(self.shape, drawn_outputs(self.shape, 40, 0))
        outputs[0], outputs[1], outputs[2] = 0, 1 << 40, -(1 << 40)
        site = head.begin(outputs[rows], some_around(head, 40, 1)[rows])
        values = np.random.default_rng(2).integers(0, self.levels, (40, self.shape.channels))
        for channel in range(self.channel):
            site.known(values[rows, channel])
        return site.distribution()


class TestGrey(MixtureContract):
    pass


class TestBlueOfPictures(MixtureContract):
    shape, channel = LogisticMixture(3), 2


class TestAlphaOf16Bits(MixtureContract):
    shape, levels, channel = LogisticMixture(2, 2, ()), 1 << 12, 1


class TestTwoLevels(MixtureContract):
    levels = 2


class TestHeadForGrey(HeadContract):
    def head(self) -> ExactLogisticMixture:
        return ExactLogisticMixture(SHAPES[0], 256)


class TestHeadForPictures(HeadContract):
    def head(self) -> ExactLogisticMixture:
        return ExactLogisticMixture(LogisticMixture(3), 256)


class TestHeadForTransparent16Bits(HeadContract):
    def head(self) -> ExactLogisticMixture:
        return ExactLogisticMixture(LogisticMixture(4, 2, ()), 1 << 16)


class TestHeadForTwoLevels(HeadContract):
    def head(self) -> ExactLogisticMixture:
        return ExactLogisticMixture(LogisticMixture(2, 1, ("max", "ne", "zero")), 2)


def test_pixels_in_another_order_have_the_same_parts() -> None:
    head = ExactLogisticMixture(LogisticMixture(3), 256)
    outputs = integers(head.shape, drawn_outputs(head.shape, 50, 0))
    around, order = some_around(head, 50, 1), np.random.default_rng(2).permutation(50)
    values = np.random.default_rng(3).integers(0, 256, (50, 3))
    one, other = head.begin(outputs, around), head.begin(outputs[order], around[order])
    for channel in range(3):
        found = one.distribution().interval(values[:, channel])
        again = other.distribution().interval(values[order, channel])
        assert np.array_equal(found.starts[order], again.starts)
        assert np.array_equal(found.frequencies[order], again.frequencies)
        one.known(values[:, channel])
        other.known(values[order, channel])


def test_a_distribution_stays_what_it_is_when_its_channel_becomes_known() -> None:
    head = ExactLogisticMixture(LogisticMixture(3), 256)
    outputs = integers(head.shape, drawn_outputs(head.shape, 9, 0))
    site, values = head.begin(outputs, some_around(head, 9, 1)), np.arange(9)
    first = site.distribution()
    before = first.frequencies()
    site.known(values)
    site.distribution()
    assert np.array_equal(first.frequencies(), before)


def test_a_value_that_no_component_and_no_spike_has_leaves_the_components() -> None:
    # Weight 1 of 2^30 for the components, all on one side; then a value that no spike has.
    shape = LogisticMixture(2, 1, ("max", "ne", "zero"))
    head = ExactLogisticMixture(shape, 256)
    outputs = np.zeros((1, shape.outputs), np.int64)
    outputs[0, 0], outputs[0, 1:4] = -32768, 32768
    outputs[0, 4:6], outputs[0, 6:8] = 1 << 21, -2560
    site = head.begin(outputs, np.full((1, 1, 2), 7))
    assert site.distribution().interval(np.array([100])).frequencies.tolist() == [1]
    site.known(np.array([100]))
    frequencies = site.distribution().frequencies()[0]
    assert (frequencies > 1).sum() == 1 and frequencies[255] > TOTAL - 300


def test_outputs_beyond_the_reaches_are_as_good_as_at_them() -> None:
    head = ExactLogisticMixture(LogisticMixture(3), 256)
    reaches = np.repeat(REACHES, head.shape.sizes)
    rng = np.random.default_rng(0)
    outputs = rng.integers(-1, 2, (40, head.outputs)) * reaches
    beyond = outputs * rng.integers(1, 1 << 30, outputs.shape)
    around, values = some_around(head, 40, 1), rng.integers(0, 256, (40, 3))
    one, other = head.begin(outputs, around), head.begin(beyond, around)
    for channel in range(3):
        found = one.distribution().interval(values[:, channel])
        again = other.distribution().interval(values[:, channel])
        assert np.array_equal(found.starts, again.starts)
        assert np.array_equal(found.frequencies, again.frequencies)
        one.known(values[:, channel])
        other.known(values[:, channel])


def test_a_stack_gives_back_all_channels_of_many_pixels() -> None:
    head = ExactLogisticMixture(LogisticMixture(3), 256)
    outputs = integers(head.shape, drawn_outputs(head.shape, 300, 0))
    around, values = some_around(head, 300, 1), np.random.default_rng(2).integers(0, 256, (300, 3))
    stack = Stack(np.arange(1, 9, dtype=np.uint32), seal=True)
    site, parts = head.begin(outputs, around), []
    for channel in head.channel_order:
        parts.append(site.distribution().interval(values[:, channel]))
        site.known(values[:, channel])
    for part in reversed(parts):
        stack.push_intervals(part)
    site = head.begin(outputs, around)
    for channel in head.channel_order:
        popped = stack.pop(site.distribution())
        assert np.array_equal(popped, values[:, channel])
        site.known(popped)
    assert stack.words().tolist() == [*range(1, 9), 1]


def test_channels_are_in_the_order_of_the_networks() -> None:
    assert {count: CHANNEL_ORDERS[count - 1] for count in range(1, 5)} == NETWORK_ORDER


def test_what_does_not_fit_is_refused() -> None:
    shape = LogisticMixture(2, 2, ())
    for levels in (1, 65_537):
        with pytest.raises(ModelError, match="levels"):
            ExactLogisticMixture(shape, levels)
    head = ExactLogisticMixture(shape, 17)
    outputs, around = np.zeros((3, shape.outputs), np.int64), np.zeros((3, 0, 2), np.int64)
    for wrong, near in (
        (outputs[:, 1:], around),
        (outputs, around[1:]),
        (outputs, around[:, :, 1:]),
    ):
        with pytest.raises(ModelError, match="fit"):
            head.begin(wrong, near)
    site = head.begin(outputs, around)
    for values in (np.array([0, 17, 0]), np.array([-1, 0, 0]), np.zeros(4, np.int64)):
        with pytest.raises(CoderError):
            site.known(values)
    site.known(np.array([0, 16, 3], np.uint16))
    site.known(np.zeros(3, np.uint8))
    with pytest.raises(ModelError, match="known"):
        site.distribution()
    with pytest.raises(ModelError, match="components"):
        LogisticMixture(1, 65)
