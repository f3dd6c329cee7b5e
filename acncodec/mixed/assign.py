"""What becomes of each image: which model codes it, whether inverted, or whether it is stored.

An image is stored when its pixels and latent cost more bits by its model than it adds to the stored
section. What it adds depends on the others there, so it is asked twice: with all images in that
section, and with those alone for which storing seemed to pay. Of two levels the inverted image is
tried before. Whether the whole was worth it, the size of the file decides in the end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.images.mixed_images import MixedImages
from acncodec.mixed.lots import reclassed
from acncodec.mixed.prices import (
    cheapest_model,
    modelled_bits,
    order_bits,
    storage_bits,
    takes,
)
from acncodec.mixed.push import STORED, Assignment
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import is_slow
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SAMPLE = 64
"""Images of a class that decide which of several models it goes to."""
STORED_BYTES = 90
"""What the first stored image adds to a file beside its own bytes: two sections, the digest of all
images, and the words of the header that say so."""


def all_stored(images: MixedImages) -> Assignment:
    """Every image stored."""
    count = len(images)
    return Assignment(np.full(count, STORED), np.zeros(count, np.bool_))


def all_modelled(
    images: MixedImages, models: Sequence[FrozenModel], workers: Workers, *, slow: bool
) -> Assignment:
    """Every image by the model that suits its class; those that no model takes are stored, and,
    unless they may be `slow`, those that take one too long (`models.work.is_slow`)."""
    bins = np.full(len(images), STORED)
    for number, rows in images.rows.items():
        one = images.classes[number]
        fitting = [
            at
            for at, model in enumerate(models)
            if takes(model, one) and (slow or not is_slow(model, one.shape))
        ]
        if fitting:
            few = rows[np.unique(np.linspace(0, len(rows) - 1, SAMPLE).astype(int))]
            bins[rows] = cheapest_model(models, fitting, images[few], workers)
    return Assignment(bins, np.zeros(len(images), np.bool_))


@dataclass(frozen=True, eq=False)
class Priced:
    """The cheapest assignment that was found, and what each image is thought to cost by it, bits
    (U,)."""

    assignment: Assignment
    bits: Floats


def assign(
    images: MixedImages, models: Sequence[FrozenModel], workers: Workers, *, keep: bool,
    slow: bool,
) -> Priced:  # fmt: skip
    """Find what becomes of each of a shard's distinct images; slow: as in `all_modelled`."""
    whole = all_modelled(images, models, workers, slow=slow)
    bins, inverted = whole.bins.copy(), whole.inverted.copy()
    bits = _model_bits(images, bins, models, workers, keep=keep)
    stored = storage_bits(images)
    dear = np.flatnonzero(bits > stored)
    dear = _invert(images, dear, bins, inverted, bits, stored, models, workers)
    if len(dear):
        # With fewer others there, an image finds less to copy from.
        alone = storage_bits(images[dear])
        pays = bits[dear] > alone
        dear, alone = dear[pays], alone[pays]
        gain = (bits[dear] - alone).sum() - 8 * STORED_BYTES
        if keep:
            gain -= interleaving_bits(len(dear), len(images))
        if gain > 0 or (bins == STORED).any():
            bins[dear], bits[dear] = STORED, alone
    inverted[bins == STORED] = False
    return Priced(Assignment(bins, inverted), bits)


def _model_bits(
    images: MixedImages, bins: Ints, models: Sequence[FrozenModel], workers: Workers, *, keep: bool
) -> Floats:
    """What each image costs by the model of its bin; without one it cannot be modelled."""
    bits = np.full(len(images), math.inf)
    for number in sorted(set(bins.tolist()) - {STORED}):
        rows = np.flatnonzero(bins == number)
        found = modelled_bits(models[number], images[rows], workers)
        bits[rows] = found - order_bits(len(rows), keep=keep)
    return bits


def _invert(
    images: MixedImages, dear: Ints, bins: Ints, inverted: NDArray[np.bool_], bits: Floats,
    stored: Floats, models: Sequence[FrozenModel], workers: Workers,
) -> Ints:  # fmt: skip
    """Exchange the levels of those dear images whose cost by their model then is less than as they
    are, and than stored. Returns the rows that are still dear."""
    levels = np.array([one.levels for one in images.classes])[images.members]
    rows = dear[(levels[dear] == 2) & (bins[dear] != STORED)]
    for model in sorted(set(bins[rows].tolist())):
        mine = rows[bins[rows] == model]
        given = images[mine]
        classes = tuple(sorted({one.inverted for one in given.classes if one.levels == 2}))
        turned = reclassed(given, np.ones(len(mine), np.bool_), classes)
        found = modelled_bits(models[model], turned, workers)
        better = found < np.minimum(bits[mine], stored[mine])
        chosen = mine[better]
        inverted[chosen], bits[chosen] = True, found[better]
    return dear[~inverted[dear]]


def interleaving_bits(some: int, count: int) -> float:
    """log2 of in how many ways `some` of `count` images can lie among the others."""
    parts = math.lgamma(some + 1) + math.lgamma(count - some + 1)
    return (math.lgamma(count + 1) - parts) / math.log(2)
