"""What each image costs: bits by the float model, no order given (paper, section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.costs import FloatModel
from acncodec.codec import NATS
from acncodec.models.frozen import FrozenModel

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ImageCosts:
    """Expected bits of each image, (N,): of its pixels, and KL to the unconditional prior."""

    reconstruction_bits: Floats
    kl_bits: Floats

    @property
    def bits(self) -> Floats:
        """Their sum."""
        return self.reconstruction_bits + self.kl_bits


def image_costs(
    model: FrozenModel, pixels: NDArray[Any], samples: int, seed: int, levels: int | None = None
) -> ImageCosts:
    """Price images (N, C, H, W), which the model must fit: the mean of some posterior samples.

    levels: theirs, where the model takes any number of them. Raises `ModelError` where images have
    no price by the model.
    """
    model.check_likelihood()
    shape = samples, len(pixels), *model.latents.shape
    noise = np.random.default_rng(seed).standard_normal(shape)
    priced = FloatModel(model, levels=levels).sample(pixels, noise)
    return ImageCosts(
        priced.reconstruction_nats.mean(0) / NATS, priced.unconditional_kl_nats.mean(0) / NATS
    )
