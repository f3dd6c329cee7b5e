"""Which network and which recipe suit images and a time, where nobody chose; no torch here.

Three things bound a network: what its weights take in a coded model beside the images, the time
there is to train it, on the machine that does where its speed is known, and what decoding may cost.
The largest of a family's ladder within all of them is taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from acncodec.contracts.image_kind import Shape
from acncodec.errors import TrainingError
from acncodec.families.config import ModelConfig
from acncodec.families.family import Family
from acncodec.families.registry import families
from acncodec.learning.recipe import Recipe
from acncodec.models.work import DISTRIBUTION_SECONDS, MACS_A_SECOND, TYPICAL_THREADS
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.recipe_file import bundled_recipe

BYTES_A_WEIGHT: Final = 24
"""Of what xz makes of the images: where more weights saved no more than they took, of one set
(`bench/results/fit-sizes`, docs/FITS.md)."""
BYTES_A_WEIGHT_OF_TWO: Final = 64
"""The same, of images of two levels: of one set, of which 35,000 weights made a smaller file than
89,000 and than 11,000."""
SAMPLES_A_WEIGHT: Final = 20
"""Where the model is not coded with its images."""
WEIGHTS_A_MINUTE: Final = 12_000
"""Of twice as many weights a minute's training is worth half as much."""
LEAST_PASSES: Final = 2.0
"""Times that a fit sees its images, on the machine where it is made: of two networks the smaller
one, which saw them 1.6 times, made a smaller file than the larger, which saw them once
(docs/FITS.md); the number itself is a guess."""
PACES: Final = {"fast": 0.2, "usual": 1.0, "slow": 3.0}
"""Milliseconds that decoding 1,024 pixels may take on two threads."""
MACS_A_MILLISECOND: Final = MACS_A_SECOND * TYPICAL_THREADS // 1000
"""Of the int16 engine on two threads."""
STATED_PIXELS: Final = 1024
DISTRIBUTION_MILLISECONDS: Final = 1e3 * STATED_PIXELS * DISTRIBUTION_SECONDS / TYPICAL_THREADS
"""Of the samples of one channel of so many pixels, on two threads, whatever the network is."""

MUON_WEIGHTS: Final = 166_000
"""Of the network that stands the recipes' rate of Muon."""
MUON_POWER: Final = 0.65
"""By which smaller networks stand a higher one, up to `MUON_MOST` times as high: at a rate that
serves 22,000 weights well most hidden features of 169,000 die (`bench/hidden_features.py`). The
power itself is a guess between two sizes."""
MUON_MOST: Final = 4.0
MUON_OF_TWO: Final = 0.5
"""Of that rate for images of two levels, of which most pixels tell a network nothing: the best of
three rates for binarised digits (docs/FITS.md)."""

BATCH_PIXELS: Final = 1 << 14
"""Pixels of a batch, but for small and for large images."""
LEAST_BATCH: Final = 4
LARGEST_BATCH: Final = 16
WINDOW: Final = 64
"""Sides of larger images are cut to this for training."""

FIT: Final = bundled_recipe("fitted")
"""For a model that is coded with its images."""
HELD_BACK: Final = bundled_recipe("held-back")
"""For a model of its own."""


def choose(
    shape: Shape, levels: int, images: int, minutes: float, pace: str = "usual",
    by_xz: int | None = None, here: float | None = None,
) -> Choice:  # fmt: skip
    """For `images` of a shape (C, H, W) and a number of levels, trained for so many minutes.

    by_xz: bytes of these images by xz, where the model is for them alone and coded with them, so
    that its size counts and learning them by heart does no harm. here: of how many weights this
    machine sees the images `LEAST_PASSES` times meanwhile, if that is known (`weights_here`).
    Raises `TrainingError` where no family has a ladder.
    """
    worth = _images_worth(images * math.prod(shape), by_xz, levels)
    _, height, width = shape
    first = [one for one in families() if one.ladder_for and one.ladder_for(shape, by_xz)]
    family, config, why = _largest([(shape, levels)], worth, minutes, pace, here, first)
    window = min(height, WINDOW) * min(width, WINDOW)
    batch = max(LEAST_BATCH, min(LARGEST_BATCH, BATCH_PIXELS // window))
    recipe = _for_weights(HELD_BACK if by_xz is None else FIT, weights_of(family, config), levels)
    return Choice(family, config, replace(recipe, batch=batch), why)


def choose_for_several(
    kinds: Sequence[tuple[Shape, int]], samples: int, minutes: float, pace: str = "usual",
    by_xz: int | None = None, here: float | None = None,
) -> Choice:  # fmt: skip
    """For images of several shapes (C, H, W) and numbers of levels, all of one C, so many samples
    together; by_xz, here: as `choose` takes them. A batch is a group of them (`learning.groups`).

    Raises `TrainingError` where no family has a ladder.
    """
    most = max(levels for _, levels in kinds)
    worth = _images_worth(samples, by_xz, most)
    family, config, why = _largest(kinds, worth, minutes, pace, here)
    recipe = _for_weights(HELD_BACK if by_xz is None else FIT, weights_of(family, config), most)
    return Choice(family, config, replace(recipe, batch=1), why)


def _for_weights(recipe: Recipe, weights: int, levels: int) -> Recipe:
    """A recipe for a network of so many weights, and images of up to so many levels."""
    share = MUON_OF_TWO if levels == 2 else 1.0
    return replace(recipe, matrix_rate=share * _muon_for(weights) * recipe.matrix_rate)


def for_other_weights(recipe: Recipe, weights: int, other: int) -> Recipe:
    """What a recipe for a network of so many weights is for one of so many others."""
    rate = recipe.matrix_rate * (_muon_for(other) / _muon_for(weights))
    return replace(recipe, matrix_rate=rate)


def _muon_for(weights: int) -> float:
    """Muon's rate for a network of so many weights, in units of that of `MUON_WEIGHTS`."""
    return float(min((MUON_WEIGHTS / weights) ** MUON_POWER, MUON_MOST))


def bytes_a_weight(levels: int) -> int:
    """How many bytes by xz of images of up to so many levels are worth a weight."""
    return BYTES_A_WEIGHT_OF_TWO if levels == 2 else BYTES_A_WEIGHT


def _images_worth(samples: int, by_xz: int | None, levels: int) -> tuple[str, float]:
    """How many weights images are worth at most, and in words why."""
    if by_xz is None:
        return f"{samples:,} samples teach no more than", samples / SAMPLES_A_WEIGHT
    return f"{by_xz:,} bytes by xz are worth those of", by_xz / bytes_a_weight(levels)


def _largest(
    kinds: Sequence[tuple[Shape, int]], worth: tuple[str, float], minutes: float, pace: str,
    here: float | None, first: Sequence[Family] = (),
) -> tuple[Family, ModelConfig, tuple[str, ...]]:  # fmt: skip
    """The largest network of a ladder that takes all kinds within what bounds it, and why. The
    ladder is that of the first family that has one for such images: of `first`, whose ladders are
    for these, else of those whose are for any."""
    bounds = {
        worth[0]: worth[1],
        f"{minutes:g} minutes of training are enough for": minutes * WEIGHTS_A_MINUTE,
        f"decoding 1,024 pixels in {PACES[pace]:g} ms allows": (
            PACES[pace] * MACS_A_MILLISECOND / STATED_PIXELS
        ),
    }
    if here is not None:
        bounds[f"in {minutes:g} minutes this machine sees the images twice with"] = here
    for family in (*first, *(one for one in families() if one.ladder_for is None)):
        levels = max(levels for _, levels in kinds)
        ladder = [config.for_images(kinds[0][0]).for_levels(levels) for config in family.ladder]
        fitting = [c for c in ladder if all(c.accepts.takes(*kind) for kind in kinds)]
        if fitting:
            most = min(bounds.values())
            config = max(
                (c for c in fitting if weights_of(family, c) <= most),
                key=lambda c: weights_of(family, c),
                default=fitting[0],
            )
            break
    else:
        shape, levels = kinds[0]
        raise TrainingError(f"no family has a network for images of {shape}, {levels} levels")
    chosen = weights_of(family, config)
    why = (
        f"{cost_of(family, chosen, chosen)}:",
        *(f"  {reason} {math.floor(bound):,} weights" for reason, bound in bounds.items()),
    )
    return family, config, why


def weights_here(weights: int, passes: float, seconds: float, minutes: float) -> float:
    """With how many weights a machine sees all images `LEAST_PASSES` times in some minutes, that
    with `weights` saw them `passes` times in so many seconds; about, for the time of a step is not
    quite in proportion."""
    return weights * passes / seconds * 60.0 * minutes / LEAST_PASSES


def milliseconds_of(macs: float) -> float:
    """What the network takes to decode 1,024 pixels on two threads, of so many multiply-adds each,
    about; the distributions of their samples are not in it."""
    return macs * STATED_PIXELS / MACS_A_MILLISECOND


def cost_of(family: Family, weights: int, macs: float) -> str:
    """A network in a few words: how large it is, and what decoding by it costs."""
    return (
        f"a {family.name} of {weights:,} weights, "
        f"about {milliseconds_of(macs):.2g} ms for 1,024 pixels on two threads, and "
        f"{DISTRIBUTION_MILLISECONDS:.2g} for the distributions of each channel"
    )
