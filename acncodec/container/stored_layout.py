"""How stored images lie in bytes before a general form makes these fewer: by planes or by pixels.

By planes an image is (C, H, W) and of several samples a byte or of one; of samples of two bytes all
lower bytes come first. By pixels it is (H, W, C), and the two bytes of a sample stand together, so
that a pixel that recurs is a string of bytes that recurs; colours may then be four bytes of which
red and blue are told by how they differ from green, or stand in palettes (`stored_palettes`).
docs/FORMAT.md, 3.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.container.stored_palettes import (
    from_palettes,
    greatest_length,
    least_length,
    length_of,
    may_have_palettes,
    to_palettes,
)
from acncodec.errors import CorruptionError
from acncodec.images.image_class import ImageClass
from acncodec.images.spec import Levels

SHARED: Final = (8, 4, 2, 1)
"""How many samples a byte may hold."""
COLOURS: Final = 3
"""A way in place of such a number: each pixel is red less green, green, blue less green, alpha; or,
where there is no alpha, 0, since four bytes are what LZMA can tell apart by their places."""
COLOUR_BYTES: Final = 4
PALETTES: Final = 5
"""Another: few colours stand in a palette, and each pixel is an index of one byte."""

Bytes = NDArray[np.uint8]


def fitting(levels: int) -> tuple[int, ...]:
    """How many samples of so many levels may share a byte, most first."""
    return tuple(count for count in SHARED if count == 1 or levels <= 1 << (8 // count))


def ways(one: ImageClass, *, by_pixels: bool, palettes: bool = False) -> tuple[int, ...]:
    """In which ways the images of a class may lie: samples a byte, `COLOURS`, or `PALETTES`."""
    found = fitting(one.levels)
    if by_pixels and one.channels >= 3 and one.levels <= 256:
        found = (*found, COLOURS)
    if palettes and may_have_palettes(one):
        found = (*found, PALETTES)
    return found


def length_bounds(one: ImageClass, count: int, way: int) -> tuple[int, int]:
    """Bytes that `count` images of a class take in a way, at least and at most."""
    if way == PALETTES:
        return least_length(one, count), greatest_length(one, count)
    length = raw_length(one, count, way)
    return length, length


def raw_length(one: ImageClass, count: int, way: int, raw: Bytes | None = None) -> int:
    """Bytes that `count` images of a class take in a way; of `PALETTES` the first ones of `raw` say
    it. Raises `FormatError` where these do not."""
    if way == PALETTES:
        return length_of(np.zeros(0, np.uint8) if raw is None else raw, one, count)
    if way == COLOURS:
        return count * one.height * one.width * COLOUR_BYTES
    samples = count * one.samples
    return -(-samples // way) * one.index_dtype.itemsize


def to_bytes(block: Levels, way: int, *, by_pixels: bool) -> bytes:
    """The images (n, C, H, W) of a class, laid in one of its `ways`."""
    laid = block.transpose(0, 2, 3, 1) if by_pixels else block
    if way == PALETTES:
        return to_palettes(laid)
    if way == COLOURS:
        return _differences(laid).tobytes()
    samples = np.ascontiguousarray(laid).reshape(-1)
    if samples.dtype == np.uint8:
        return pack_samples(samples, way).tobytes()
    halves = samples.astype("<u2").view(np.uint8)
    return halves.tobytes() if by_pixels else halves.reshape(-1, 2).T.tobytes()


def from_bytes(part: Bytes, one: ImageClass, count: int, way: int, *, by_pixels: bool) -> Levels:
    """Undo `to_bytes` for `count` images, whose bytes are as many as `raw_length` says.

    Raises `CorruptionError` where bits are set that belong to no sample, or a sample is no level
    index.
    """
    samples = count * one.samples
    if way == PALETTES:
        block: Levels = from_palettes(part, one, count).reshape(-1)
    elif way == COLOURS:
        block = _colours(part.reshape(-1, COLOUR_BYTES), one.channels)
    elif one.index_dtype != np.uint8:
        halves = part if by_pixels else np.ascontiguousarray(part.reshape(2, -1).T)
        block = halves.reshape(-1).view("<u2").astype(np.uint16)
    elif way == 1:
        block = part.copy()
    else:
        spread = np.empty((len(part), way), np.uint8)
        for place, shift in enumerate(_shifts(way)):
            spread[:, place] = part >> shift & (1 << 8 // way) - 1
        whole = spread.reshape(-1)
        if whole[samples:].any():
            raise CorruptionError("bits are set behind the last stored sample")
        block = np.ascontiguousarray(whole[:samples])
    if block.size and int(block.max()) >= one.levels:
        raise CorruptionError(f"a stored sample of {block.max()} where there are {one.levels}")
    if not by_pixels:
        return block.reshape(count, *one.shape)
    laid = block.reshape(count, one.height, one.width, one.channels)
    return np.ascontiguousarray(laid.transpose(0, 3, 1, 2))


def _differences(pixels: Levels) -> Bytes:
    """Pixels (n, H, W, C) of colour as four bytes each."""
    laid = np.zeros((*pixels.shape[:3], COLOUR_BYTES), np.uint8)
    laid[..., : pixels.shape[3]] = pixels
    laid[..., 0] -= pixels[..., 1]
    laid[..., 2] -= pixels[..., 1]
    return laid


def _colours(laid: Bytes, channels: int) -> Bytes:
    """Undo `_differences` for pixels (n, 4)."""
    if laid[:, channels:].any():
        raise CorruptionError("bits are set behind a stored pixel")
    pixels = laid[:, :channels].copy()
    pixels[:, 0] += laid[:, 1]
    pixels[:, 2] += laid[:, 1]
    return pixels


def pack_samples(samples: Bytes, shared: int) -> Bytes:
    """Level indexes (n,) below 2^(8 / shared), so many a byte, the first in the highest bits."""
    if shared == 1:
        return samples
    if shared == 8:
        return np.packbits(samples)
    whole = np.zeros(-(-len(samples) // shared) * shared, np.uint8)
    whole[: len(samples)] = samples
    parts = whole.reshape(-1, shared)
    packed = np.zeros(len(parts), np.uint8)
    for place, shift in enumerate(_shifts(shared)):
        packed |= parts[:, place] << shift
    return packed


def _shifts(shared: int) -> Iterator[int]:
    width = 8 // shared
    return (8 - width * (place + 1) for place in range(shared))
