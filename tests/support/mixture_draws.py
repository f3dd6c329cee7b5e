"""Outputs, neighbours and values for the logistic mixture, drawn from seeds."""

from __future__ import annotations

import numpy as np

from acncodec.heads.logistic_mixture import SCALES, ExactLogisticMixture
from acncodec.heads.mixture_shape import LogisticMixture

SHAPES = [  # few, for a loop is compiled for each count of components and of spikes
    *(LogisticMixture(channels, 5) for channels in (1, 3)),
    *(LogisticMixture(channels, 2, ()) for channels in (2, 4)),
    LogisticMixture(2, 1, ("max", "ne", "zero")),
]
LEVELS = [2, 17, 256, 4096, 65_536]


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
