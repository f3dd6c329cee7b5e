"""Which augmentation is safe for images, where nobody chose.

The mirror image of an image is as good an image where nothing tells the two apart. Here a linear
classifier tries to, of images made small, some as they are and others mirrored: of photographs it
cannot, of letters, clothes and sprites it can.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import torch
from torch.nn.functional import adaptive_avg_pool2d

from acncodec.learning.recipe import Recipe
from acncodec.learning.source import Source, step_generator

TRIED: Final = 2000
"""Images, at most."""
LEAST: Final = 1000
"""Of fewer images not being told apart says little."""
SIDE: Final = 16
"""Of what is left of an image."""
FOLDS: Final = 5
PENALTY: Final = 0.01
"""Inverse of the weights' penalty: there are about as many pixels as images."""
SURE: Final = 2.0
"""Standard errors above one half from which on images are told apart."""


def looks_alike_mirrored(images: Source) -> bool:
    """Whether a classifier cannot tell images from mirrored ones, half of the images each."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    count = min(len(images), TRIED)
    if count < LEAST:
        return False
    generator = step_generator(0, 0)
    rows = torch.randperm(len(images), generator=generator)[:count]
    drawn = images.draw(rows, generator)
    mirrored = torch.arange(count) % 2
    turned = torch.where(mirrored[:, None, None, None] == 1, drawn.flip(3), drawn)
    _, height, width = images.shape
    small = adaptive_avg_pool2d(turned, (min(height, SIDE), min(width, SIDE)))
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY))
    right = cross_val_score(classifier, small.flatten(1).numpy(), mirrored.numpy(), cv=FOLDS)
    return float(right.mean()) < 0.5 + SURE * 0.5 / math.sqrt(count)


def augmented(recipe: Recipe, images: Source) -> Recipe:
    """A recipe by which images are seen mirrored too, where that is safe."""
    return replace(recipe, mirror=recipe.mirror or looks_alike_mirrored(images))
