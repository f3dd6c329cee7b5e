"""What images would take stored, before they are: each by an estimate, and all by a packed section.

An estimate sees little of what repeats in all of them; so it is made to sum to what a section of
them takes. Which estimate is the better one depends on the images.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.container.stored_palettes import may_have_palettes
from acncodec.images.mixed_images import MixedImages
from acncodec.images.spaced import spaced
from acncodec.mixed.prices import section_bits, storage_bits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PACKED_BYTES: Final = 1 << 24
"""Bytes of samples of a section that is packed to see: more would take long, and then some images
stand for all."""


def stored_estimate(images: MixedImages) -> Floats:
    """About what each image takes where all are stored, as many bits in all as a section of them.
    (N,)"""
    places = np.arange(len(images))
    every = places >= 0
    bits = estimated(images, places, palettes=True)
    return agreeing(pack(images, every, places), every, bits)


def some_may_have_palettes(images: MixedImages) -> bool:
    """Whether some images can have palettes at all."""
    return any(may_have_palettes(images.classes[number]) for number, _ in images.counts())


def estimated(images: MixedImages, places: Ints, *, palettes: bool = False) -> Floats:
    """About what each image takes where all are stored in the order of their `places`, with
    palettes where they have few colours, or without."""
    order, bits = np.argsort(places), np.empty(len(images))
    bits[order] = storage_bits(images[order], palettes=palettes)
    return bits


class Packed(NamedTuple):
    """Some images packed: which ones, and the bits that they took."""

    rows: Ints
    bits: float


def pack(images: MixedImages, near: Flags, places: Ints) -> Packed:
    """A section of those images that are `near`, or of some that stand for all of these."""
    rows = np.flatnonzero(near)
    rows = rows[np.argsort(places[rows])]
    sizes = np.array([one.image_bytes for one in images.classes], np.int64)
    nbytes = int(sizes[images.members[rows]].sum())
    if nbytes > PACKED_BYTES:
        rows = rows[spaced(len(rows), max(1, PACKED_BYTES * len(rows) // nbytes))]
    return Packed(rows, section_bits(images[rows]) if nbytes else 0.0)


def agreeing(section: Packed, near: Flags, stored: Floats) -> Floats:
    """What images are estimated to take stored; of those `near`, whose section it is, as many bits
    in all as it takes."""
    if not section.bits:
        return stored
    return np.where(near, section.bits / float(stored[section.rows].sum()) * stored, stored)
