"""Codes of images by a model's exact encoder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.engines.conv import Pixels
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers


def encode_images(model: FrozenModel, pixels: Pixels, workers: Workers) -> NDArray[np.int64]:
    """Codes of images (N, C, H, W), int64 (N, *shape of the latent space)."""
    encoder = model.encoder
    if encoder is None or not len(pixels):
        return np.zeros((len(pixels), *model.latents.shape), np.int64)
    parts = workers.parts(len(pixels))
    return np.concatenate(workers.map(lambda rows: encoder.codes(pixels[rows]), parts))
