"""What the rounding of the integer mixture costs beside its float twin."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from mixture_draws import LEVELS, SHAPES, drawn_outputs, integers, some_around

from acncodec.contracts.distribution import TOTAL
from acncodec.heads.logistic_mixture import ExactLogisticMixture
from acncodec.heads.logistic_mixture_loss import pixel_nats
from acncodec.heads.mixture_shape import CONSTANTS, NEIGHBOURS, LogisticMixture


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
