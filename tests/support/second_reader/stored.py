"""Part of `second_reader`: images that are stored and not modelled, also by pixels (3.1)."""

from __future__ import annotations

import bz2
import math

import numpy as np

from second_reader.fields import need
from second_reader.images import Image, Kind
from second_reader.packed import Bytes, inflate, unlzma, unpack
from second_reader.parts import Counts

GREATEST = 7
"""Flags above it there are none."""
BY_PIXELS = 4
"""Flags from it on (version 5) say that images lie by pixels, those below it by channels."""
DIFFERENCES = 3
"""In the place of a number of samples: pixels as differences from their second channel."""


def stored_images(
    payload: bytes, counts: Counts, order: str, kinds: list[Kind]
) -> list[list[Image]]:
    """The stored images of a shard, by kind and in each in the order of their numbers."""
    need(len(payload) >= 1 and payload[0] <= GREATEST, "stored images: form")
    by_pixels = payload[0] >= BY_PIXELS
    raw = Bytes(unpacked(payload, by_pixels, [(kinds[kind], count) for kind, count in counts]))
    densities = list(raw.take(len(counts)))
    images: list[list[Image]] = []
    for (kind, count), density in zip(counts, densities, strict=True):
        one = kinds[kind]
        if by_pixels:
            indexes = pixels(raw, one, count, density)
        else:
            indexes = samples(raw, one, count, density).reshape(count, *one.shape)
        need(np.all(indexes < one.levels), "stored images: a level that is not there")
        group = [Image(one.content(image), kind) for image in indexes]
        need(order == "keep" or group == sorted(group), "stored images: order")
        need(len(set(group)) == len(group), "stored images: one is there twice")
        images.append(group)
    need(not raw.rest(), "stored images: length")
    return images


def unpacked(payload: bytes, by_pixels: bool, counts: list[tuple[Kind, int]]) -> bytes:
    """The raw bytes, whatever their form."""
    form, data = payload[0] % BY_PIXELS, payload[1:]
    limit = sum(1 + count * largest(kind, by_pixels) for kind, count in counts)
    if form == 1:
        return inflate(data, limit)
    if form == 2:
        return unlzma(data, limit, 2**26 if by_pixels else 2**20)
    return unpack(bz2.BZ2Decompressor(), data, limit) if form == 3 else data


def largest(kind: Kind, by_pixels: bool) -> int:
    """Bytes that an image may take at most."""
    differ = by_pixels and has_differences(kind)
    return max(kind.size, 4 * kind.height * kind.width) if differ else kind.size


def has_differences(kind: Kind) -> bool:
    return kind.channels >= 3 and kind.levels <= 256


def pixels(raw: Bytes, kind: Kind, count: int, density: int) -> np.ndarray:
    """Level indexes (image, channel, row, column) of images that lie by pixels."""
    shape = (count, kind.height, kind.width, kind.channels)
    if density == DIFFERENCES and has_differences(kind):
        found = from_differences(raw, kind, count)
    elif kind.levels > 256:
        need(density == 1, "stored images: samples a byte")
        found = np.frombuffer(raw.take(2 * math.prod(shape)), "<u2").reshape(shape)
    else:
        found = samples(raw, kind, count, density).reshape(shape)
    return found.transpose(0, 3, 1, 2)


def from_differences(raw: Bytes, kind: Kind, count: int) -> np.ndarray:
    """Level indexes (image, row, column, channel) of pixels (r - g, g, b - g, a)."""
    data = np.frombuffer(raw.take(4 * count * kind.height * kind.width), np.uint8)
    found = data.reshape(count, kind.height, kind.width, 4).astype(np.int64)
    found[..., [0, 2]] = (found[..., [0, 2]] + found[..., [1]]) % 256
    need(
        kind.channels == 4 or not found[..., 3].any(), "stored images: a channel that is not there"
    )
    return found[..., : kind.channels]


def samples(raw: Bytes, kind: Kind, count: int, density: int) -> np.ndarray:
    """The level indexes of a class one after the other, so many in a byte."""
    need(density in (1, 2, 4, 8), "stored images: samples a byte")
    need(density == 1 or kind.levels <= 2 ** (8 // density), "stored images: samples a byte")
    return packed(raw, kind, count, density) if density > 1 else plain(raw, kind, count)


def plain(raw: Bytes, kind: Kind, count: int) -> np.ndarray:
    """Samples in one byte each, or in two by planes."""
    number = count * math.prod(kind.shape)
    low = np.frombuffer(raw.take(number), np.uint8)
    if kind.levels <= 256:
        return low
    return low + 256 * np.frombuffer(raw.take(number), np.uint8).astype(np.int64)


def packed(raw: Bytes, kind: Kind, count: int, density: int) -> np.ndarray:
    """Several samples in a byte, the first in the highest bits; a class begins with a byte."""
    number, bits = count * math.prod(kind.shape), 8 // density
    data = np.frombuffer(raw.take(-(-number // density)), np.uint8)
    digits = np.unpackbits(data)
    need(not digits[number * bits :].any(), "stored images: bits behind the last sample")
    return (digits[: number * bits].reshape(-1, bits) << np.arange(bits)[::-1]).sum(1)
