"""Which network and which recipe suit images and a time, where nobody chose; no torch here.

Three things bound a network: what its weights take in a coded model beside the images, the time
there is to train it, and what decoding may cost. The largest of a family's ladder within all three
is taken.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from acncodec.contracts.image_kind import Shape
from acncodec.errors import TrainingError
from acncodec.families.family import Family
from acncodec.families.registry import families
from acncodec.models.work import MACS_A_SECOND, TYPICAL_THREADS
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.recipe_file import bundled_recipe

SAMPLES_A_WEIGHT: Final = 20
"""A weight takes about 4 bits where it is coded: a fifth of a bit a sample at the most."""
WEIGHTS_A_MINUTE: Final = 12_000
"""Of twice as many weights a minute's training is worth half as much."""
PACES: Final = {"fast": 0.2, "usual": 1.0, "slow": 3.0}
"""Milliseconds that decoding 1,024 pixels may take on two threads."""
MACS_A_MILLISECOND: Final = MACS_A_SECOND * TYPICAL_THREADS // 1000
"""Of the int16 engine on two threads."""
STATED_PIXELS: Final = 1024

BATCH_PIXELS: Final = 1 << 14
"""Pixels of a batch, but for small and for large images."""
LARGEST_BATCH: Final = 16
WINDOW: Final = 64
"""Sides of larger images are cut to this for training."""

FIT: Final = bundled_recipe("fitted")
"""For a model that is coded with its images."""
HELD_BACK: Final = bundled_recipe("held-back")
"""For a model of its own."""


def choose(
    shape: Shape, levels: int, images: int, minutes: float, pace: str = "usual", *, coded: bool
) -> Choice:
    """For `images` of a shape (C, H, W) and a number of levels, trained for so many minutes.

    coded: whether the model is for these images alone and coded with them, so that its size counts
    and learning them by heart does no harm. Raises `TrainingError` where no family has a ladder.
    """
    channels, height, width = shape
    samples = images * channels * height * width
    bounds = {
        f"{samples:,} samples are worth the bytes of": samples / SAMPLES_A_WEIGHT,
        f"{minutes:g} minutes of training are enough for": minutes * WEIGHTS_A_MINUTE,
        f"decoding 1,024 pixels in {PACES[pace]:g} ms allows": (
            PACES[pace] * MACS_A_MILLISECOND / STATED_PIXELS
        ),
    }
    for family in families():
        ladder = [config.for_images(shape) for config in family.ladder]
        fitting = [config for config in ladder if config.accepts.takes(shape, levels)]
        if fitting:
            most = min(bounds.values())
            config = max(
                (c for c in fitting if weights_of(family, c) <= most),
                key=lambda c: weights_of(family, c),
                default=fitting[0],
            )
            break
    else:
        raise TrainingError(f"no family has a network for images of {shape}, {levels} levels")
    window = min(height, WINDOW) * min(width, WINDOW)
    batch = max(4, min(LARGEST_BATCH, BATCH_PIXELS // window))
    recipe = replace(FIT if coded else HELD_BACK, batch=batch)
    chosen = weights_of(family, config)
    why = (
        f"{cost_of(family, chosen, chosen)}:",
        *(f"  {reason} {math.floor(bound):,} weights" for reason, bound in bounds.items()),
    )
    return Choice(family, config, recipe, why)


def milliseconds_of(macs: float) -> float:
    """What decoding 1,024 pixels takes on two threads, of so many multiply-adds each, about."""
    return macs * STATED_PIXELS / MACS_A_MILLISECOND


def cost_of(family: Family, weights: int, macs: float) -> str:
    """A network in a few words: how large it is, and what decoding by it costs."""
    return (
        f"a {family.name} of {weights:,} weights, "
        f"about {milliseconds_of(macs):.2g} ms for 1,024 pixels on two threads"
    )
