"""Samples, reconstructions and daydreams (Graves et al. 2018, section 3.2)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import PCG64
from numpy.typing import NDArray

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.families.family import LIKELIHOOD
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.run.workers import Workers, chunks
from acncodec.sampling.draws import Purpose, stream, uniforms
from acncodec.sampling.images import draw_conditional, draw_pixels, draw_unconditional

Ints = NDArray[np.int64]
Pixels = NDArray[Any]
"""Level indexes: uint8, or uint16 of more than 256 levels."""
Progress = Callable[[float], None]

LOT = 1024
"""Images whose random integers are held at once, of at most 1,024 samples each, or fewer larger
ones; it decides memory and no pixel."""


def _silent(_share: float) -> None:
    return None


def _kind_of(model: FrozenModel, pixels: Pixels, levels: int | None) -> ImageKind:
    """What images (n, C, H, W) are. Raises `ModelError` where the model takes other ones."""
    known = model.accepts.levels or levels
    if known is None:
        raise ModelError(f"model {model.name} takes any levels; how many there are is not said")
    channels, *size = pixels.shape[1:]
    if not model.accepts.takes((channels, size[0], size[1]), known):
        raise ModelError(
            f"model {model.name} codes {model.accepts.about}, not images of shape "
            f"{pixels.shape[1:]}"
        )
    return ImageKind.of((channels, size[0], size[1]), known)


def decode(
    model: FrozenModel, images: ImageKind, z: Ints, source: PCG64, workers: Workers,
    progress: Progress = _silent, labels: Ints | None = None,
) -> Pixels:  # fmt: skip
    """Images for latents z (n, D), level indexes (n, C, H, W), a lot at a time; where there is no
    likelihood to draw them from, those that the decoder renders, of as many levels as it has.

    labels: the class of each, int64 (n,), where the decoder is told it. Raises `ModelError` where
    they are missing, and where none are told.
    """
    if not model.can(LIKELIHOOD):
        rendered = model.renderer.images(z, labels, workers)
        progress(1.0)
        return rendered
    if labels is not None:
        raise ModelError(f"the decoder of model {model.name} is told no class")
    likelihood = model.likelihood.of(images)
    samples = images.channels * math.prod(images.size or ())
    lots = chunks(len(z), max(1, min(LOT, (LOT << 10) // samples)))
    parts = []
    for rows in lots:
        uniform = uniforms(source, len(z[rows]), samples)
        parts.append(draw_pixels(likelihood, z[rows], uniform, workers))
        progress(min(rows.stop, len(z)) / len(z))
    return np.concatenate(parts)


def sample(
    model: FrozenModel, count: int, seed: int, workers: Workers, progress: Progress = _silent,
    images: ImageKind | None = None,
) -> Pixels:  # fmt: skip
    """Images from the model alone, level indexes (count, C, H, W): z from p(z), then x from r(x|z).

    images: of which size and how many levels, where the model takes any. The first images of a
    larger sample are those of a smaller one with the same seed. Raises `ModelError` for images that
    the model does not take, or that are not said.
    """
    check_products(model)
    kind = model.accepts if images is None else images
    z = latents(model, count, seed)
    return decode(model, kind, z, stream(seed, Purpose.PIXELS), workers, progress)


def latents(model: FrozenModel, count: int, seed: int) -> Ints:
    """Latents by the unconditional prior, int64 (count, D)."""
    uniform = uniforms(stream(seed, Purpose.LATENTS), count, 1 + math.prod(model.latents.shape))
    return draw_unconditional(model.latents, uniform)


def reconstruct(
    model: FrozenModel,
    pixels: Pixels,
    draws: int,
    seed: int,
    workers: Workers,
    progress: Progress = _silent,
    levels: int | None = None,
    labels: Ints | None = None,
) -> Pixels:
    """Images from the mean code of each image, (N, draws, C, H, W).

    pixels: level indexes (N, C, H, W); levels: how many there are, where the model takes any number
    of them; labels: their classes (N,), where the decoder is told them. z is the code itself; what
    differs between the draws of an image is what the code leaves open. Raises `ModelError` if the
    images are not the model's, and as `decode` does.
    """
    kind = _kind_of(model, pixels, levels)
    check_products(model)
    z = encode_images(model, pixels, workers, kind.levels).repeat(draws, 0)
    told = None if labels is None else labels.repeat(draws)
    drawn = decode(model, kind, z, stream(seed, Purpose.PIXELS), workers, progress, told)
    return drawn.reshape(len(pixels), draws, *pixels.shape[1:])


def daydream(
    model: FrozenModel,
    pixels: Pixels,
    steps: int,
    seed: int,
    workers: Workers,
    progress: Progress = _silent,
    levels: int | None = None,
) -> Pixels:
    """Chains of images that begin with `pixels`, (N, 1 + steps, C, H, W).

    Each step encodes the image before it, draws z from the prior given that code, and an image
    from the decoder given z: what Bob would receive next if nothing were sent. pixels: level
    indexes (N, C, H, W); levels: as `reconstruct` takes it. Raises `ModelError` if the images are
    not the model's, or it has no prior network.
    """
    kind = _kind_of(model, pixels, levels)
    check_products(model)
    chain = [pixels]
    for step in range(steps):
        codes = encode_images(model, chain[-1], workers, kind.levels)
        uniform = uniforms(stream(seed, Purpose.LATENTS, step), *codes.shape)
        z = draw_conditional(model.latents, codes, uniform)
        source = stream(seed, Purpose.PIXELS, step)
        chain.append(decode(model, kind, z, source, workers))
        progress((step + 1) / steps)
    return np.stack(chain, 1)
