"""What becomes of each image: which model codes it, whether inverted, or whether it is stored.

An image is stored when its pixels and latent cost more bits by its model than it adds to the stored
section. What it adds depends on the others there, so it is asked twice: with all images in that
section, and with those alone for which storing seemed to pay. An estimate tells, which sees less of
what repeats among images than the section does: where the two may decide otherwise, a section is
packed, and the estimate made to sum to it. Of two levels the inverted image is tried before.
Whether the whole was worth it, the size of the file decides in the end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.images.mixed_images import MixedImages
from acncodec.mixed.lots import reclassed
from acncodec.mixed.prices import (
    cheapest_model,
    modelled_bits,
    order_bits,
    takes,
)
from acncodec.mixed.push import STORED, Assignment
from acncodec.mixed.storing import Packed, agreeing, estimated, pack, some_may_have_palettes
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import is_slow
from acncodec.run.workers import Workers
from acncodec.stack.orders import arrangement_bits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SAMPLE = 64
"""Images of a class that decide which of several models it goes to."""
STORED_BYTES = 90
"""What the first stored image adds to a file beside its own bytes: two sections, the digest of all
images, and the words of the header that say so."""
NEAR: Final = 0.7
"""Where a model's images cost more than this share of their estimate stored, a section of them is
packed."""


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
    """The cheapest assignment that was found; what each image is thought to cost by it, and what it
    would where all are stored, bits (U,)."""

    assignment: Assignment
    bits: Floats
    stored: Floats


def assign(
    images: MixedImages, models: Sequence[FrozenModel], workers: Workers, *, keep: bool,
    slow: bool, places: Ints | None = None,
) -> Priced:  # fmt: skip
    """Find what becomes of each of a shard's distinct images; slow: as in `all_modelled`; places:
    by which they are ordered where they are stored, unless as they are."""
    places = np.arange(len(images)) if places is None else places
    whole = all_modelled(images, models, workers, slow=slow)
    bits = _model_bits(images, whole.bins, models, workers, keep=keep)
    plain = estimated(images, places)
    near = _near(whole.bins, bits, plain)
    section = pack(images, near, places)
    again = partial(
        _assigned, images, whole, bits, near, places, models, workers, section, keep=keep
    )
    found = again(plain, palettes=False)
    if not near.any() or not some_may_have_palettes(images):
        return found
    # Which estimate is nearer the truth, the section says that each would make.
    other = again(estimated(images, places, palettes=True), palettes=True)
    if (other.assignment.bins == found.assignment.bins).all():
        return found
    return min(found, other, key=lambda one: _total(images, one, places))


def _assigned(
    images: MixedImages, whole: Assignment, bits: Floats, near: Flags, places: Ints,
    models: Sequence[FrozenModel], workers: Workers, section: Packed, stored: Floats, *,
    keep: bool, palettes: bool,
) -> Priced:  # fmt: skip
    """The cheapest assignment by an estimate of what images take stored; section: of those near."""
    bins, inverted, bits = whole.bins.copy(), whole.inverted.copy(), bits.copy()
    stored = agreeing(section, near, stored)
    dear = np.flatnonzero(bits > stored)
    dear = _invert(images, dear, bins, inverted, bits, stored, models, workers)
    if len(dear):
        # With fewer others there, an image finds less to copy from.
        few = images[dear]
        alone = stored
        if len(dear) < len(images):
            alone = estimated(few, places[dear], palettes=palettes)
            alone = agreeing(pack(few, near[dear], places[dear]), near[dear], alone)
        pays = bits[dear] > alone
        dear, alone = dear[pays], alone[pays]
        gain = (bits[dear] - alone).sum() - 8 * STORED_BYTES
        if keep:
            gain -= arrangement_bits((len(dear), len(images) - len(dear)))
        if gain > 0 or (bins == STORED).any():
            bins[dear], bits[dear] = STORED, alone
    inverted[bins == STORED] = False
    return Priced(Assignment(bins, inverted), bits, stored)


def _total(images: MixedImages, priced: Priced, places: Ints) -> float:
    """What all images take, those that are stored packed."""
    stored = priced.assignment.bins == STORED
    found = agreeing(pack(images, stored, places), stored, priced.bits)
    return float(found.sum())


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


def _near(bins: Ints, bits: Floats, stored: Floats) -> Flags:
    """Which images are of a model that hardly pays; and if there are some, those of none. (U,)"""
    near = np.zeros(len(bins), np.bool_)
    for number in set(bins.tolist()) - {STORED}:
        mine = bins == number
        if bits[mine].sum() > NEAR * stored[mine].sum():
            near |= mine
    return near | (bins == STORED) if near.any() else near


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
