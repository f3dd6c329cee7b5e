"""The integer mixture: its definition in plain Python, the contracts, how near the float one is."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
import pytest
import torch
from distribution_contract import DistributionContract
from head_contract import HeadContract
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.arithmetic.head_tables import head_tables
from acncodec.arithmetic.tables import tables
from acncodec.contracts.distribution import TOTAL, Distribution
from acncodec.errors import CoderError, ModelError
from acncodec.heads.logistic_mixture import CHANNEL_ORDERS, REACHES, SCALES, ExactLogisticMixture
from acncodec.heads.logistic_mixture_loss import pixel_nats
from acncodec.heads.mixture_shape import CONSTANTS, NEIGHBOURS, LogisticMixture
from acncodec.parts.causal_resnet.shape import NETWORK_ORDER
from acncodec.stack.ans import Stack

SHAPES = [  # few, for a loop is compiled for each count of components and of spikes
    *(LogisticMixture(channels, 5) for channels in (1, 3)),
    *(LogisticMixture(channels, 2, ()) for channels in (2, 4)),
    LogisticMixture(2, 1, ("max", "ne", "zero")),
]
LEVELS = [2, 17, 256, 4096, 65_536]


def clamp(value: int, least: int, most: int) -> int:
    return min(max(value, least), most)


class PlainMixture:
    """One pixel by Python's integers, word for word as docs/FORMAT.md has it."""

    def __init__(
        self, shape: LogisticMixture, levels: int, outputs: list[int], around: list[list[int]]
    ) -> None:
        self.shape, self.levels, self.outputs = shape, levels, outputs
        self.around, self.values = around, list[int]()
        K, S = shape.components, len(shape.spikes)
        logits = [clamp(value, -32768, 32768) for value in outputs[: K + S]]
        exp = tables().exp.tolist()
        self.weights = self.shares([exp[min(max(logits) - logit, 16383)] for logit in logits])

    def shares(self, numbers: list[int]) -> list[int]:
        shift = max(0, sum(numbers).bit_length() - 32)
        cut = [number >> shift for number in numbers]
        reciprocal = (1 << 62) // sum(cut)
        K = self.shape.components
        made = [(unit * reciprocal >> 32) + (k < K) for k, unit in enumerate(cut)]
        made[cut.index(max(cut))] += (1 << 30) - sum(made)
        return made

    def parameters(self, k: int) -> tuple[int, int]:
        """Step and origin of component k in the next channel."""
        K, S, C = self.shape.components, len(self.shape.spikes), self.shape.channels
        c = len(self.values)
        mean = clamp(self.outputs[K + S + c * K + k], -(1 << 23), 1 << 23)
        linear = 0
        for j, value in enumerate(self.values):
            pair = c * (c - 1) // 2 + j
            factor = clamp(self.outputs[K + S + (2 * C + pair) * K + k], -(1 << 21), 1 << 21)
            linear += factor * ((value << 21) // (self.levels - 1) - (1 << 20))
        mean = clamp(mean + (linear >> 20), -(1 << 21), 1 << 21)
        scale = clamp(self.outputs[K + S + (C + c) * K + k], -2560, 512)
        inverse = int(head_tables().inverse[scale + 2560])
        return (inverse << 25) // self.levels, ((1 << 20) + mean) * inverse << 4

    def share(self, k: int, edge: int) -> int:
        """The distribution function of component k, of 2^30."""
        if edge in (0, self.levels):
            return (1 << 30) if edge else 0
        step, origin = self.parameters(k)
        y = clamp(edge * step - origin + (22 << 40), 0, (44 << 40) - 1)
        i, f = y >> 33, (y >> 13) & 0xFFFFF
        table = head_tables().logistic
        low, high = int(table[i]), int(table[i + 1])
        return low + ((high - low) * f >> 20)

    def spikes(self) -> list[int]:
        names = [name for name in self.shape.spikes if name in NEIGHBOURS]
        channel = CHANNEL_ORDERS[self.shape.channels - 1][len(self.values)]
        constant = {"zero": 0, "max": self.levels - 1}
        return [
            constant[name] if name in constant else self.around[names.index(name)][channel]
            for name in self.shape.spikes
        ]

    def below(self, edge: int) -> int:
        if edge in (0, self.levels):
            return TOTAL if edge else 0
        K = self.shape.components
        smooth = sum(self.weights[k] * self.share(k, edge) for k in range(K))
        sharp = sum(w for w, v in zip(self.weights[K:], self.spikes(), strict=True) if v < edge)
        return (((smooth >> 30) + sharp) * (TOTAL - self.levels) >> 30) + edge

    def known(self, value: int) -> None:
        K = self.shape.components
        masses = [self.share(k, value + 1) - self.share(k, value) + 1 for k in range(K)]
        masses += [(1 << 30) * (spike == value) for spike in self.spikes()]
        self.weights = self.shares([w * m for w, m in zip(self.weights, masses, strict=True)])
        self.values.append(value)


def drawn_outputs(
    shape: LogisticMixture, count: int, seed: int, scale: float = -3.5, **change: float
) -> np.ndarray:
    """Outputs as a trained network might give them, float64 (count, P)."""
    rng = np.random.default_rng(seed)
    logits, means, scales, coefficients = shape.sizes
    middle = rng.uniform(-1, 1, (count, 1))
    return np.concatenate(
        [
            rng.normal(0, 1.5, (count, logits)),
            middle + rng.normal(0, change.get("spread", 0.15), (count, means)),
            rng.normal(scale, change.get("varied", 0.7), (count, scales)),
            rng.normal(0, 0.3, (count, coefficients)),
        ],
        1,
    )


def integers(shape: LogisticMixture, outputs: np.ndarray) -> np.ndarray:
    scales = np.repeat(2.0 ** np.array(SCALES), shape.sizes)
    return np.rint(outputs * scales).astype(np.int64)


def some_around(head: ExactLogisticMixture, count: int, seed: int) -> np.ndarray:
    shape = count, len(head.neighbours), len(head.channel_order)
    near = np.random.default_rng(seed).integers(0, head.levels, shape)
    near[:, 1:2] = near[:, :1]  # two spikes at one value
    return near


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


def reference_bits(
    head: ExactLogisticMixture, outputs: np.ndarray, around: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Bits of pixels by the float twin: each in an image of its own, its neighbours around it.

    outputs: float (n, P); around: (n, A, C) and values (n, C), channels as in images.
    """
    order = list(head.channel_order)
    images = np.zeros((len(values), len(order), 3, 5), np.int64)  # the pixel is at (2, 2)
    for place, (down, right) in enumerate(head.neighbours):
        images[:, :, 2 + down, 2 + right] = around[:, place]
    images[:, :, 2, 2] = values
    spread = np.zeros((*outputs.shape, 3, 5), np.float32)
    spread[..., 2, 2] = outputs
    nats = pixel_nats(head.shape, torch.tensor(spread), torch.tensor(images[:, order]), head.levels)
    return nats[:, 2, 2].double().numpy() / np.log(2)


def float_draw(
    head: ExactLogisticMixture, outputs: np.ndarray, around: np.ndarray, seed: int
) -> np.ndarray:
    """Values (n, C), channels as in images, drawn from the float twin's mixture."""
    shape, levels, rng = head.shape, head.levels, np.random.default_rng(seed)
    count, K = len(outputs), shape.components
    logits, means, scales, coefficients = np.split(outputs, np.cumsum(shape.sizes)[:-1], 1)
    weights = np.exp(logits - logits.max(1, keepdims=True))
    ends = np.cumsum(weights / weights.sum(1, keepdims=True), 1)
    chosen = np.minimum((rng.random((count, 1)) > ends).sum(1), logits.shape[1] - 1)
    every, k = np.arange(count), np.minimum(chosen, K - 1)
    values = np.zeros((count, shape.channels), np.int64)
    names = [name for name in shape.spikes if name in NEIGHBOURS]
    for index, channel in enumerate(head.channel_order):
        mean = means[every, index * K + k].copy()
        for other in range(index):
            pair = index * (index - 1) // 2 + other
            known = 2 * values[:, head.channel_order[other]] / (levels - 1) - 1
            mean += np.clip(coefficients[every, pair * K + k], -2, 2) * known
        uniform = rng.random(count)
        scale = np.exp(np.clip(scales[every, index * K + k], -10, 2))
        place = np.clip(mean, -2, 2) + scale * np.log(uniform / (1 - uniform))
        drawn = np.clip(np.floor((place + 1) * levels / 2), 0, levels - 1)
        for i, name in enumerate(shape.spikes):
            if name in CONSTANTS:
                spike = np.full(count, levels - 1 if name == "max" else 0)
            else:
                spike = around[:, names.index(name), channel]
            drawn = np.where(chosen == K + i, spike, drawn)
        values[:, channel] = drawn
    return values


def integer_bits(
    head: ExactLogisticMixture, outputs: np.ndarray, around: np.ndarray, values: np.ndarray
) -> np.ndarray:
    site, bits = head.begin(integers(head.shape, outputs), around), np.zeros(len(values))
    for channel in head.channel_order:
        part = site.distribution().interval(values[:, channel])
        bits += 24 - np.log2(part.frequencies)
        site.known(values[:, channel])
    return bits


@pytest.mark.parametrize("levels", LEVELS)
@pytest.mark.parametrize(
    "shape", SHAPES, ids=lambda s: f"{s.channels}-{s.components}-{len(s.spikes)}"
)
@pytest.mark.parametrize(
    "change",
    [{}, {"scale": -1.5}, {"scale": -5.5}, {"spread": 3.0}, {"scale": -10.0, "varied": 0.0}],
    ids=["usual", "wide", "narrow", "far-means", "sharp"],
)
def test_rounding_costs_little(
    shape: LogisticMixture, levels: int, change: dict[str, float]
) -> None:
    head = ExactLogisticMixture(shape, levels)
    outputs = drawn_outputs(shape, 700, levels, **change)
    around = some_around(head, 700, 1)
    values = float_draw(head, outputs, around, 2)
    exact = integer_bits(head, outputs, around, values)
    floats = reference_bits(head, outputs, around, values)
    # Each value has a part of 2^-24 of its own: what that takes from the rest is inevitable.
    inevitable = -np.log2(1 - levels / TOTAL) * shape.channels
    assert exact.mean() - floats.mean() < 2e-4 * floats.mean() + inevitable + 2e-4
    assert exact.max() <= 24 * shape.channels


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
