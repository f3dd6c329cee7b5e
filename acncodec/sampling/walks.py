"""Styles and walks: a latent in every class, and the latents on the way from one to another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.run.workers import Workers
from acncodec.sampling.chains import Progress, decode, latents
from acncodec.sampling.draws import Purpose, stream

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


def _silent(_share: float) -> None:
    return None


def in_classes(z: Ints, classes: int) -> tuple[Ints, Ints | None]:
    """Each of latents (n, D) once for each class, (n * classes, D), and the classes; themselves
    where there are none."""
    if not classes:
        return z, None
    return z.repeat(classes, 0), np.tile(np.arange(classes), len(z))


def styles(
    model: FrozenModel, count: int, seed: int, workers: Workers, progress: Progress = _silent
) -> Pixels:
    """Images of `count` latents of the unconditional prior, each in every class that the decoder
    may be told: (count, classes, C, H, W). Raises `ModelError` where it is told none."""
    classes = model.config.classes
    if not classes:
        raise ModelError(f"the decoder of model {model.name} is told no class")
    check_products(model)
    z, labels = in_classes(latents(model, count, seed), classes)
    source = stream(seed, Purpose.PIXELS)
    drawn = decode(model, model.accepts, z, source, workers, progress, labels)
    return drawn.reshape(count, classes, *drawn.shape[1:])


def walks(
    model: FrozenModel, count: int, steps: int, seed: int, workers: Workers,
    progress: Progress = _silent, images: ImageKind | None = None,
) -> Pixels:  # fmt: skip
    """Images on straight ways between latents of the unconditional prior, two for each of `count`
    walks: (count, steps + 1, K, C, H, W), K the classes that the decoder may be told, or 1.

    images: as `sample` takes it. Where pixels are drawn by chance, chance is the same at each step.
    Raises `ModelError` where there are no latents to walk between, or they are indexes.
    """
    model.check_codes()
    if model.latents.certain:
        raise ModelError(f"the codes of model {model.name} are indexes: between two there is none")
    check_products(model)
    ends = latents(model, 2 * count, seed)
    kind = model.accepts if images is None else images
    parts = []
    for step in range(steps + 1):
        z, labels = in_classes(between(ends[::2], ends[1::2], step, steps), model.config.classes)
        parts.append(decode(model, kind, z, stream(seed, Purpose.PIXELS), workers, labels=labels))
        progress((step + 1) / (steps + 1))
    drawn = np.stack(parts, 1)
    if not model.config.classes:
        return drawn[:, :, None]
    return drawn.reshape(count, model.config.classes, steps + 1, *drawn.shape[2:]).swapaxes(1, 2)


def between(start: Ints, stop: Ints, step: int, steps: int) -> Ints:
    """The latents (n, D) at `step` of `steps` from `start` to `stop`, to the nearest grid step."""
    sums = start * (steps - step) + stop * step
    return (2 * sums + steps) // (2 * steps)
