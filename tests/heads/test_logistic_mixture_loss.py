"""The float cost of a discretised logistic mixture is that of a distribution, for any levels."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from acncodec.errors import ModelError
from acncodec.heads.logistic_mixture_loss import (
    bin_log_probability,
    conditional_log_probabilities,
    initial_biases,
    nats,
    pixel_nats,
    spike_values,
)
from acncodec.heads.mixture_shape import (
    COEFFICIENT_LIMIT,
    CONSTANTS,
    LOG_SCALE_MAX,
    LOG_SCALE_MIN,
    MEAN_LIMIT,
    NEIGHBOURS,
    LogisticMixture,
)

RGB = LogisticMixture(3)


def drawn(
    head: LogisticMixture, levels: int, size: tuple[int, int] = (3, 4), spread: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Random outputs, and images in which a neighbour's value is often met again."""
    generator = torch.Generator().manual_seed(levels)
    outputs = torch.randn(2, head.outputs, *size, generator=generator) * spread
    values = torch.randint(levels, (2, head.channels, *size), generator=generator)
    flat = torch.rand(2, 1, *size, generator=generator) < 0.5
    return outputs, torch.where(flat, levels - 1, values)


@pytest.mark.parametrize("levels", [2, 17, 256])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("spread", [1.0, 20.0])
def test_probabilities_of_all_values_sum_to_one(channels: int, levels: int, spread: float) -> None:
    head = LogisticMixture(channels)
    outputs, values = drawn(head, levels, spread=spread)
    for channel in range(channels):
        rows = conditional_log_probabilities(head, outputs, values, levels, channel)
        assert rows.shape == (2, 3, 4, levels)
        torch.testing.assert_close(rows.exp().sum(-1), torch.ones(2, 3, 4), rtol=1e-4, atol=1e-4)


def test_probabilities_of_65536_values_sum_to_one() -> None:
    head = LogisticMixture(2)
    outputs, values = drawn(head, 65_536, (1, 2))
    rows = conditional_log_probabilities(head, outputs, values, 65_536, 1).double()
    torch.testing.assert_close(
        rows.exp().sum(-1), torch.ones(2, 1, 2, dtype=torch.float64), rtol=1e-3, atol=1e-3
    )


@pytest.mark.parametrize("levels", [2, 17, 256])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_the_chain_of_conditionals_is_the_joint(channels: int, levels: int) -> None:
    head = LogisticMixture(channels)
    outputs, values = drawn(head, levels)
    chain = torch.zeros(2, 3, 4)
    for channel in range(channels):
        rows = conditional_log_probabilities(head, outputs, values, levels, channel)
        chain -= rows.gather(-1, values[:, channel, :, :, None])[..., 0]
    torch.testing.assert_close(chain, pixel_nats(head, outputs, values, levels),
                               rtol=1e-4, atol=1e-3)  # fmt: skip


def test_an_image_costs_the_sum_of_its_pixels_whatever_the_dtype_of_its_values() -> None:
    outputs, values = drawn(RGB, 256)
    whole = nats(RGB, outputs, values.to(torch.uint8), 256)
    torch.testing.assert_close(whole, pixel_nats(RGB, outputs, values, 256).sum((1, 2)))


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_any_size_has_a_cost(channels: int, size: tuple[int, int]) -> None:
    head = LogisticMixture(channels)
    cost = pixel_nats(head, *drawn(head, 256, size), 256)
    assert cost.shape == (2, *size)
    assert bool(torch.isfinite(cost).all())


def test_a_channel_is_priced_without_those_after_it() -> None:
    outputs, values = drawn(RGB, 17)
    other = values.clone()
    other[:, 1:] = (other[:, 1:] + 5) % 17
    # A spike's value is that of an earlier pixel, so the last pixel's neighbours stay.
    other[:, :, :-1] = values[:, :, :-1]
    other[:, :, :, :-1] = values[:, :, :, :-1]
    for channel, same in ((0, True), (1, True), (2, False)):
        a, b = (
            conditional_log_probabilities(RGB, outputs, v, 17, channel)[:, -1, -1]
            for v in (values, other)
        )
        assert torch.equal(a, b) == same


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_spike_stands_at_the_pixel_of_its_name(name: str) -> None:
    rows, columns = NEIGHBOURS[name]
    assert (rows, columns) < (0, 0)
    values = torch.arange(2 * 4 * 5).view(1, 2, 4, 5) + 1
    found = spike_values(LogisticMixture(2, spikes=(name,)), values, 256)[0, 0]
    for row in range(4):
        for column in range(5):
            y, x = row + rows, column + columns
            inside = 0 <= y < 4 and 0 <= x < 5
            expected = values[0, :, y, x] if inside else torch.zeros(2)
            assert found[:, row, column].tolist() == expected.tolist()


def test_constant_spikes_are_the_least_and_the_greatest_value() -> None:
    head = LogisticMixture(2, spikes=CONSTANTS)
    found = spike_values(head, torch.full((1, 2, 2, 2), 7), 100)
    assert bool((found[:, 0] == 0).all()) and bool((found[:, 1] == 99).all())


def test_a_sure_spike_makes_a_copy_almost_free() -> None:
    outputs = torch.zeros(1, RGB.outputs, 4, 4)
    outputs[:, RGB.components + RGB.spikes.index("w")] = 12.0
    values = torch.randint(256, (1, 3, 4, 1)).expand(1, 3, 4, 4)
    cost = pixel_nats(RGB, outputs, values, 256)
    assert float(cost[:, :, 1:].max()) < 0.01
    assert float(cost[:, :, 0].min()) > 1.0


def test_a_head_without_spikes_is_a_plain_mixture() -> None:
    head = LogisticMixture(1, components=1, spikes=())
    outputs = torch.tensor([0.0, 0.25, -1.0]).view(1, 3, 1, 1)
    value = torch.tensor(130).view(1, 1, 1, 1)
    a, b = ((edge / 128 - 1 - 0.25) / math.exp(-1.0) for edge in (130, 131))
    expected = -math.log(1 / (1 + math.exp(-b)) - 1 / (1 + math.exp(-a)))
    assert float(nats(head, outputs, value, 256)) == pytest.approx(expected, rel=1e-4)


def test_outputs_stand_in_the_order_that_is_written_down() -> None:
    assert RGB.sizes == (13, 15, 15, 15)
    assert RGB.outputs == 58
    # Component 1 alone; the second channel's mean is that of the first value times a.
    outputs = torch.zeros(1, 58, 1, 1)
    outputs[0, :13] = -32.0
    outputs[0, 1] = 32.0
    outputs[0, 13:28] = torch.arange(15).view(15, 1, 1) * 0.01  # means[c, k] = 0.01 (5 c + k)
    outputs[0, 28:43] = -4.0
    outputs[0, 43 + 1] = 0.5  # a[1, 0, 1]
    outputs[0, 43 + 5 + 1] = -0.25  # a[2, 0, 1]
    outputs[0, 43 + 10 + 1] = 0.75  # a[2, 1, 1]
    values = torch.tensor([200, 60, 90]).view(1, 3, 1, 1)
    x = values[0, :, 0, 0].double() * 2 / 255 - 1
    means = (0.01, 0.06 + 0.5 * x[0], 0.11 - 0.25 * x[0] + 0.75 * x[1])
    expected = -sum(
        float(bin_log_probability(torch.as_tensor(m), torch.tensor(-4.0), v.double(), 256))
        for m, v in zip(means, values[0, :, 0, 0], strict=True)
    )
    assert float(nats(RGB, outputs, values, 256)) == pytest.approx(expected, rel=1e-4)


def test_bins_of_few_levels_are_unions_of_bins_of_many() -> None:
    mean, scale = torch.tensor(0.1).double(), torch.tensor(-1.0).double()
    few = bin_log_probability(mean, scale, torch.arange(16).double(), 16).exp()
    many = bin_log_probability(mean, scale, torch.arange(256).double(), 256).exp()
    torch.testing.assert_close(many.view(16, 16).sum(1), few)


def test_what_is_beyond_a_clamp_costs_what_the_clamp_costs() -> None:
    head = LogisticMixture(2, components=1, spikes=())
    names = ("logit", "m0", "m1", "s0", "s1", "a")

    def cost(**given: float) -> float:
        outputs = torch.tensor([given.get(name, 0.0) for name in names]).view(1, 6, 1, 1)
        return float(nats(head, outputs, torch.tensor([255, 3]).view(1, 2, 1, 1), 256))

    for name, limit in (
        ("m1", MEAN_LIMIT), ("m1", -MEAN_LIMIT), ("s0", LOG_SCALE_MIN), ("s0", LOG_SCALE_MAX),
        ("a", COEFFICIENT_LIMIT), ("a", -COEFFICIENT_LIMIT),
    ):  # fmt: skip
        inside, beyond = (cost(**{name: limit * factor}) for factor in (0.9, 1.5))
        assert cost(**{name: limit}) == beyond != inside


def test_the_cost_and_its_slope_are_finite_however_wrong_the_outputs_are() -> None:
    for levels in (2, 256, 65_536):
        for spread in (0.0, 1.0, 100.0, 1e4):
            outputs, values = drawn(RGB, levels, spread=spread)
            outputs.requires_grad_(True)
            cost = nats(RGB, outputs, values, levels).sum()
            (slope,) = torch.autograd.grad(cost, outputs)
            assert bool(torch.isfinite(cost)) and bool(torch.isfinite(slope).all())


def test_the_bin_far_from_the_mean_still_pulls_it() -> None:
    mean = torch.tensor(-1.0, requires_grad=True)
    cost = -bin_log_probability(mean, torch.tensor(-7.0), torch.tensor(250.0), 256)
    (slope,) = torch.autograd.grad(cost, mean)
    assert float(slope) < -100.0


def test_training_begins_with_components_side_by_side() -> None:
    for channels in (1, 2, 3, 4):
        head = LogisticMixture(channels)
        bias = initial_biases(head)
        assert bias.shape == (head.outputs,)
        outputs = bias.view(1, -1, 1, 1).expand(1, -1, 6, 6)
        values = torch.randint(256, (1, channels, 6, 6))
        bits = float(nats(head, outputs, values, 256)) / values.numel() / math.log(2.0)
        assert 8.0 < bits < 9.5


@pytest.mark.parametrize(
    "change", [{"channels": 0}, {"channels": 5}, {"components": 0}, {"spikes": ("w", "w")},
               {"spikes": ("east",)}]
)  # fmt: skip
def test_shapes_without_a_head_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        replace(RGB, **change)  # type: ignore[arg-type]


def test_outputs_of_another_shape_or_levels_out_of_range_are_refused() -> None:
    outputs, values = drawn(RGB, 256)
    with pytest.raises(ModelError, match="outputs"):
        nats(RGB, outputs[:, :-1], values, 256)
    with pytest.raises(ModelError, match="levels"):
        nats(RGB, outputs, values, 65_537)
