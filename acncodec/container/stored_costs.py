"""About what images take where they are stored, each for itself, before they are."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.container.stored_layout import PALETTES, fitting, to_bytes
from acncodec.container.stored_palettes import has_palette
from acncodec.images.spec import Levels

CUT_BYTES: Final = 5
"""What a flush of deflate adds: an empty block, and up to a byte of alignment."""


def stored_costs(
    images: Sequence[Levels], levels: int, *, palettes: bool = False
) -> NDArray[np.float64]:
    """About what each of several images takes in a stored section that has all of them, bits.

    images: level indexes (C, H, W) of one number of levels, in the order of the section. They go
    through deflate one after the other, each with those before it in the window; what an image adds
    is its own cost, less the 5 bytes by which each one is cut off from the next.
    """
    shared = fitting(levels)[0]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    costs = np.empty(len(images))
    for place, image in enumerate(images):
        way = PALETTES if palettes and _has_palette(image) else shared
        raw = to_bytes(image[np.newaxis], way, by_pixels=True)
        found = len(packer.compress(raw)) + len(packer.flush(zlib.Z_SYNC_FLUSH))
        costs[place] = 8 * max(1, found - CUT_BYTES)
    return costs


def _has_palette(image: Levels) -> bool:
    """Whether an image (C, H, W) is stored with a palette."""
    return len(image) > 1 and image.dtype == np.uint8 and has_palette(image.transpose(1, 2, 0))
