"""Which network and which recipe suit images and a time, where nobody chose; no torch here.

Three things bound a network: what its weights take in a coded model beside the images, the time
there is to train it, and what decoding may cost. The largest of a family's ladder within all three
is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from acncodec.contracts.image_kind import Shape
from acncodec.errors import TrainingError
from acncodec.families.config import ModelConfig
from acncodec.families.family import Family
from acncodec.families.registry import families
from acncodec.learning.recipe import Recipe
from acncodec.models.work import MACS_A_SECOND, TYPICAL_THREADS

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

FIT: Final = Recipe(
    optimizer="muon", learning_rate=2e-3, matrix_rate=5e-3, warmup_steps=100, decay_from=0.3,
    clip=1.0, bfloat16=False, round_from=0.6, checkpoint_steps=200, refresh_steps=1 << 30,
)  # fmt: skip
"""For a model that is coded with its images: nothing is held back, and weights are rounded."""

HELD_BACK: Final = replace(FIT, round_from=1.0, checkpoint_steps=500)
"""For a model of its own, validated at each checkpoint."""


@dataclass(frozen=True)
class Choice:
    """What is trained, and why: a line for each reason."""

    family: Family
    config: ModelConfig
    recipe: Recipe
    why: tuple[str, ...]


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
    milliseconds = chosen * STATED_PIXELS / MACS_A_MILLISECOND
    speed = f"about {milliseconds:.2g} ms for 1,024 pixels on two threads"
    why = (
        f"a {family.name} of {chosen:,} weights, {speed}:",
        *(f"  {reason} {math.floor(bound):,} weights" for reason, bound in bounds.items()),
    )
    return Choice(family, config, recipe, why)


def weights_of(family: Family, config: ModelConfig) -> int:
    """Entries of the matrices of a model, which are its multiply-adds a pixel where any size is
    right."""
    return sum(
        math.prod(axis if isinstance(axis, int) else axis.low for axis in spec.shape)
        for spec in family.schema(config)
        if spec.name.endswith(".weight")
    )
