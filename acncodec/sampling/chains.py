"""Samples, reconstructions and daydreams (Graves et al. 2018, section 3.2)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.random import PCG64
from numpy.typing import NDArray

from acncodec.engines.conv import Pixels
from acncodec.errors import ModelError
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.run.workers import Workers, chunks
from acncodec.sampling.draws import Purpose, stream, uniforms
from acncodec.sampling.images import draw_conditional, draw_pixels, draw_unconditional

Ints = NDArray[np.int64]
Progress = Callable[[float], None]

LOT = 1024
"""Images whose random integers are held at once; it decides memory and no pixel."""


def _silent(_share: float) -> None:
    return None


def _check(model: FrozenModel, pixels: Pixels | None = None) -> None:
    if pixels is not None and pixels.shape[1:] != model.image_shape:
        raise ModelError(
            f"model {model.name} takes images of shape {model.image_shape}, not {pixels.shape[1:]}"
        )
    check_products(model)


def _decode(
    model: FrozenModel, z: Ints, source: PCG64, workers: Workers, progress: Progress
) -> Pixels:
    """Images for latents z (n, D), uint8 (n, C, H, W), a lot at a time."""
    out = np.zeros((len(z), *model.image_shape), np.uint8)
    for rows in chunks(len(z), LOT):
        uniform = uniforms(source, len(z[rows]), math.prod(out.shape[2:]))
        out[rows] = draw_pixels(model.likelihood, z[rows], uniform, workers)
        progress(min(rows.stop, len(z)) / len(z))
    return out


def sample(
    model: FrozenModel, count: int, seed: int, workers: Workers, progress: Progress = _silent
) -> Pixels:
    """Images from the model alone, uint8 (count, C, H, W): z from p(z), then x from r(x|z).

    The first images of a larger sample are those of a smaller one with the same seed.
    """
    _check(model)
    uniform = uniforms(stream(seed, Purpose.LATENTS), count, 1 + math.prod(model.latents.shape))
    z = draw_unconditional(model.latents, uniform)
    return _decode(model, z, stream(seed, Purpose.PIXELS), workers, progress)


def reconstruct(
    model: FrozenModel,
    pixels: Pixels,
    draws: int,
    seed: int,
    workers: Workers,
    progress: Progress = _silent,
) -> Pixels:
    """Images from the mean code of each image, uint8 (N, draws, C, H, W).

    pixels: uint8 (N, C, H, W). z is the code itself; what differs between the draws of an
    image is what the code leaves open. Raises `ModelError` if the shape is not the model's.
    """
    _check(model, pixels)
    z = encode_images(model, pixels, workers).repeat(draws, 0)
    drawn = _decode(model, z, stream(seed, Purpose.PIXELS), workers, progress)
    return drawn.reshape(len(pixels), draws, *pixels.shape[1:])


def daydream(
    model: FrozenModel,
    pixels: Pixels,
    steps: int,
    seed: int,
    workers: Workers,
    progress: Progress = _silent,
) -> Pixels:
    """Chains of images that begin with `pixels`, uint8 (N, 1 + steps, C, H, W).

    Each step encodes the image before it, draws z from the prior given that code, and an image
    from the decoder given z: what Bob would receive next if nothing were sent. pixels: uint8
    (N, C, H, W). Raises `ModelError` if the shape is not the model's, or it has no prior network.
    """
    _check(model, pixels)
    chain = [pixels]
    for step in range(steps):
        codes = encode_images(model, chain[-1], workers)
        uniform = uniforms(stream(seed, Purpose.LATENTS, step), *codes.shape)
        z = draw_conditional(model.latents, codes, uniform)
        source = stream(seed, Purpose.PIXELS, step)
        chain.append(_decode(model, z, source, workers, _silent))
        progress((step + 1) / steps)
    return np.stack(chain, 1)
