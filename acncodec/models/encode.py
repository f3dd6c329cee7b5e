"""Codes of images by a model's exact encoder."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import ModelError
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers

Pixels = NDArray[Any]


def encode_images(
    model: FrozenModel, pixels: Pixels, workers: Workers, levels: int | None = None
) -> NDArray[np.int64]:
    """Codes of images (N, C, H, W), int64 (N, *shape of the latent space).

    levels: of the images, where the model takes any number of them. Raises `ModelError` where that
    is not said.
    """
    encoder = model.encoder
    if encoder is None or not len(pixels):
        return np.zeros((len(pixels), *model.latents.shape), np.int64)
    known = model.accepts.levels or levels
    if known is None:
        raise ModelError(f"model {model.name} takes any levels; how many there are is not said")
    parts = workers.parts(len(pixels))
    return np.concatenate(workers.map(lambda rows: encoder.codes(pixels[rows], known), parts))
