"""Target: the payload of stored images, in every form, by planes, by pixels and with palettes."""

from __future__ import annotations

import bz2
import lzma
import zlib

import numpy as np

from acncodec.container.squeeze import LZMA_FILTERS
from acncodec.container.stored import (
    BY_PIXELS,
    FREE_ORDER,
    WITH_PALETTES,
    pack_stored,
    unpack_stored,
)
from acncodec.container.stored_layout import to_bytes
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from fuzzing.mutations import BYTES
from fuzzing.targets import EXACT, OTHER, Target, demand

CLASSES = (
    ImageClass(2, 1, 5, 3), ImageClass(200, 3, 4, 4), ImageClass(256, 4, 3, 5),
    ImageClass(1000, 2, 3, 3),
)  # fmt: skip
COUNTS = ((0, 9), (1, 4), (2, 5), (3, 4))
LAID = {
    0: (8, 1, 1, 1), BY_PIXELS: (8, 1, 1, 1), BY_PIXELS | WITH_PALETTES: (8, 5, 5, 1),
    BY_PIXELS | FREE_ORDER | WITH_PALETTES: (1, 5, 3, 1),
}  # fmt: skip
"""By what a flag says beside the form: the ways in which the classes lie."""


def stored_target() -> Target:
    """Payloads carry no checksum of their own: what comes back are images of the classes, as many
    as there are, which can be stored again."""
    known = _images()
    seeds = [payload for laid in LAID for payload in _payloads(known, laid)]

    def check(data: bytes, seed: int, repaired: bool) -> str:
        images = unpack_stored(data, CLASSES, COUNTS)
        if images.keys() == known.keys():
            return EXACT
        demand(images.counts() == COUNTS, "another number of images")
        for number, block in images.blocks.items():
            demand(int(block.max()) < CLASSES[number].levels, "a sample that is no level")
        again = unpack_stored(pack_stored(images), CLASSES, COUNTS)
        demand(again.keys() == images.keys(), "images that change")
        return OTHER

    return Target("stored images", 60, seeds, BYTES, check)


def _images() -> MixedImages:
    rng = np.random.default_rng(3)
    blocks = {
        number: rng.integers(0, CLASSES[number].levels, (count, *CLASSES[number].shape))
        for number, count in COUNTS
    }
    members = np.repeat(np.arange(len(COUNTS)), [count for _, count in COUNTS])
    typed = {number: block.astype(CLASSES[number].index_dtype) for number, block in blocks.items()}
    return MixedImages(CLASSES, typed, members)


def _payloads(images: MixedImages, laid: int) -> list[bytes]:
    ways = LAID[laid]
    raw = bytes(ways) + b"".join(
        to_bytes(images.blocks[number], way, by_pixels=laid > 0) for number, way in enumerate(ways)
    )
    forms = (
        raw, zlib.compress(raw, 9, wbits=-15),
        lzma.compress(raw, lzma.FORMAT_RAW, filters=LZMA_FILTERS), bz2.compress(raw),
    )  # fmt: skip
    return [bytes([laid + flag]) + packed for flag, packed in enumerate(forms)]
