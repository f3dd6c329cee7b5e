"""How the rivals are shown a set of images: as pictures, and as bytes.

Pixels are uint8 or uint16, (N, H, W, C), their values 0 ... levels - 1. Every layout holds each
pixel once; mosaics may end in blank images.

    pictures    single      each image by itself
                sheets      square pictures of 64 images: lossless WebP takes more for larger ones
                mosaic      one square picture of all images, or as few as the format's sides allow
                strip       images below one another, in as few pictures as the sides allow
    bytes       bytes       image after image, row after row, channels of a pixel side by side
                planar      image after image, one channel after the other
                transposed  all images' first samples, then all second ones, ...
                mosaic      the one square picture
                split       `bytes` of 16-bit samples, all low bytes and then all high bytes
                packed      `bytes` of binary images, 8 pixels a byte, each image in whole bytes

Of binary images `transposed` and `mosaic` are packed too, each row of them in whole bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
NO_LIMIT = 1 << 30


def mosaic(pixels: Pixels) -> Pixels:
    """(N, H, W, C) as one picture, row after row of images, blank images at the end."""
    count, height, width, channels = pixels.shape
    across = math.isqrt(max(count - 1, 0)) + 1
    down = -(-count // across)
    blank = np.zeros((across * down - count, height, width, channels), pixels.dtype)
    grid = np.concatenate([pixels, blank]).reshape(down, across, height, width, channels)
    return grid.transpose(0, 2, 1, 3, 4).reshape(down * height, across * width, channels)


def mosaics(pixels: Pixels, side: int = NO_LIMIT, most: int = NO_LIMIT) -> list[Pixels]:
    """As few mosaics of up to `most` images as a longest side of `side` allows, in order."""
    _, height, width, _ = pixels.shape
    most = min(most, min(side // height, side // width) ** 2)
    return [mosaic(pixels[start : start + most]) for start in range(0, len(pixels), most)]


def strips(pixels: Pixels, side: int = NO_LIMIT) -> list[Pixels]:
    """Images below one another, at most `side` rows a picture."""
    _, height, width, channels = pixels.shape
    most = side // height
    parts = (pixels[start : start + most] for start in range(0, len(pixels), most))
    return [part.reshape(-1, width, channels) for part in parts]


def singles(pixels: Pixels, _side: int = NO_LIMIT) -> list[Pixels]:
    """Each image by itself."""
    return list(pixels)


PICTURES: dict[str, Callable[[Pixels, int], list[Pixels]]] = {
    "single": singles,
    "sheets": partial(mosaics, most=64),
    "mosaic": mosaics,
    "strip": strips,
}


def _little(pixels: Pixels) -> bytes:
    return pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).tobytes()


def _samples(pixels: Pixels) -> Pixels:
    """All samples of one place in the images as one row: (H * W * C, N)."""
    return pixels.reshape(len(pixels), -1).T


def _bits(rows: Pixels) -> bytes:
    return np.packbits(rows.astype(np.uint8, copy=False), axis=1).tobytes()


def _split(pixels: Pixels) -> bytes:
    return np.frombuffer(_little(pixels), np.uint8).reshape(-1, 2).T.tobytes()


def _flat(picture: Pixels) -> Pixels:
    return picture.reshape(len(picture), -1)


def byte_layouts(pixels: Pixels, levels: int) -> dict[str, Callable[[], bytes]]:
    """The layouts that differ for these images, by name."""
    if levels == 2:
        return {
            "packed": lambda: _bits(pixels.reshape(len(pixels), -1)),
            "bytes": lambda: _little(pixels),
            "transposed": lambda: _bits(_samples(pixels)),
            "mosaic": lambda: _bits(_flat(mosaic(pixels))),
        }
    found = {
        "bytes": lambda: _little(pixels),
        "transposed": lambda: _little(_samples(pixels)),
        "mosaic": lambda: _little(mosaic(pixels)),
    }
    if pixels.shape[3] > 1:
        found["planar"] = lambda: _little(pixels.transpose(0, 3, 1, 2))
    if pixels.dtype.itemsize == 2:
        found["split"] = lambda: _split(pixels)
    return found
