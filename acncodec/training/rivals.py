"""What other codecs make of images, in bits a sample: something to go by while a model trains."""

from __future__ import annotations

import io
import lzma
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import MissingExtraError
from acncodec.images.formats.libraries import imagecodecs, pillow

Pictures = NDArray[Any]
STRIP: Final = 8192
"""Rows of a strip of images one below the other; WebP allows 16,383."""
WEBP: Final = {"format": "WEBP", "lossless": True, "quality": 75, "method": 4, "exact": True}


def rivals_bits_per_dim(images: Pictures, levels: int) -> dict[str, float]:
    """Bits a sample by codec, of images (N, H, W, C), level indexes.

    xz has them as one stream. PNG, WebP and JPEG XL have each image by itself and strips of images
    one below the other, of which the smaller counts; those of them are left out that are not
    installed (`acncodec[images]`) or take no such images.
    """
    samples = np.ascontiguousarray(images.astype(np.uint8 if levels <= 256 else np.uint16))
    packed = lzma.compress(samples.tobytes(), preset=9 | lzma.PRESET_EXTREME)
    found = {"xz": len(packed)}
    for name, write in (("PNG", _png), ("WebP", _webp), ("JPEG XL", _jpeg_xl)):
        try:
            found[name] = _smaller(samples, levels, write)
        except (MissingExtraError, OSError, RuntimeError, ValueError, TypeError):
            continue  # what it refuses, it cannot be compared on
    return {name: 8 * size / samples.size for name, size in found.items()}


def _smaller(samples: Pictures, levels: int, write: Callable[[Pictures, int], bytes]) -> int:
    """Bytes of all images, each by itself or in strips."""
    count, height, width, channels = samples.shape
    alone = sum(len(write(image, levels)) for image in samples)
    many = max(1, STRIP // height)
    strips = (samples[at : at + many].reshape(-1, width, channels) for at in range(0, count, many))
    return min(alone, sum(len(write(strip, levels)) for strip in strips))


def _png(picture: Pictures, levels: int) -> bytes:
    """By Pillow, one bit a sample where there are two levels; by imagecodecs where there are more
    than 8 bits."""
    if picture.dtype == np.uint16:
        return bytes(imagecodecs().png_encode(picture, level=9))
    image = pillow()
    height, width, channels = picture.shape
    if levels == 2 and channels == 1:
        shown = image.frombytes("1", (width, height), np.packbits(picture[..., 0], 1).tobytes())
    else:
        shown = image.fromarray(picture[..., 0] if channels == 1 else picture)
    return _saved(shown, format="PNG", optimize=True)


def _webp(picture: Pictures, _levels: int) -> bytes:
    if picture.dtype != np.uint8 or picture.shape[2] == 2:
        raise ValueError("WebP has grey and colour of 8 bits")
    plain = picture[..., 0] if picture.shape[2] == 1 else picture
    return _saved(pillow().fromarray(plain), **WEBP)


def _jpeg_xl(picture: Pictures, _levels: int) -> bytes:
    plain = picture[..., 0] if picture.shape[2] == 1 else picture
    return bytes(imagecodecs().jpegxl_encode(plain, lossless=True, effort=7, usecontainer=False))


def _saved(image: Any, **settings: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, **settings)
    return file.getvalue()
