"""Part of `second_reader`: images that are stored and not modelled, also by pixels (3.1)."""

from __future__ import annotations

import bz2
import math

import numpy as np

from second_reader.fields import need
from second_reader.images import Image, Kind
from second_reader.packed import Bytes, inflate, unlzma, unpack
from second_reader.parts import Counts

GREATEST = 31
"""Flags above it there are none."""
BY_PIXELS = 4
"""A bit of a flag (version 5): images lie by pixels, without it by channels."""
UNORDERED = 8
"""Another (version 6), where order is not kept: the images of a kind stand in whatever order."""
PALETTES = 16
"""And a last one (version 6), never without `BY_PIXELS`: the images of a kind may have palettes."""
DIFFERENCES = 3
"""In the place of a number of samples: pixels as differences from their second channel."""
INDEXES = 5
"""In that place: palettes, and indexes into them."""


def stored_images(
    payload: bytes, counts: Counts, order: str, kinds: list[Kind]
) -> list[list[Image]]:
    """The stored images of a shard, by kind and in each in the order of their numbers."""
    need(len(payload) >= 1 and payload[0] <= GREATEST, "stored images: form")
    by_pixels, unordered = bool(payload[0] & BY_PIXELS), bool(payload[0] & UNORDERED)
    tables = bool(payload[0] & PALETTES)
    need(by_pixels or not tables, "stored images: palettes by channels")
    need(not (unordered and order == "keep"), "stored images: an order that is kept and is not")
    raw = Bytes(unpacked(payload, by_pixels, [(kinds[kind], count) for kind, count in counts]))
    densities = list(raw.take(len(counts)))
    images: list[list[Image]] = []
    for (kind, count), density in zip(counts, densities, strict=True):
        one = kinds[kind]
        if density == INDEXES and tables and kinds[kind].channels > 1 and one.levels <= 256:
            indexes = from_palettes(raw, one, count)
        elif by_pixels:
            indexes = pixels(raw, one, count, density)
        else:
            indexes = samples(raw, one, count, density).reshape(count, *one.shape)
        need(np.all(indexes < one.levels), "stored images: a level that is not there")
        group = [Image(one.content(image), kind) for image in indexes]
        group = sorted(group) if unordered else group
        need(order == "keep" or group == sorted(group), "stored images: order")
        need(len(set(group)) == len(group), "stored images: one is there twice")
        images.append(group)
    need(not raw.rest(), "stored images: length")
    return images


def since(payload: bytes) -> int:
    """The version that has the flag of a payload, which is empty where nothing is stored."""
    flag = payload[0] if payload else 0
    return 6 if flag & (UNORDERED | PALETTES) else 5 if flag & BY_PIXELS else 1


def unpacked(payload: bytes, by_pixels: bool, counts: list[tuple[Kind, int]]) -> bytes:
    """The raw bytes, whatever their form."""
    form, data = payload[0] % BY_PIXELS, payload[1:]
    largest_of = with_palette if payload[0] & PALETTES else largest
    limit = sum(1 + count * largest_of(kind, by_pixels) for kind, count in counts)
    if form == 1:
        return inflate(data, limit)
    if form == 2:
        return unlzma(data, limit, 2**26 if by_pixels else 2**20)
    return unpack(bz2.BZ2Decompressor(), data, limit) if form == 3 else data


def largest(kind: Kind, by_pixels: bool) -> int:
    """Bytes that an image may take at most."""
    differ = by_pixels and has_differences(kind)
    return max(kind.size, 4 * kind.height * kind.width) if differ else kind.size


def with_palette(kind: Kind, by_pixels: bool) -> int:
    """The same where it may have a palette."""
    pixels = kind.height * kind.width
    palette = 2 + kind.channels * min(256, pixels) + pixels
    return max(palette, 2 + kind.size, largest(kind, by_pixels))


def from_palettes(raw: Bytes, kind: Kind, count: int) -> np.ndarray:
    """Level indexes (image, channel, row, column): sizes, palettes, indexes, and other images."""
    pixels, channels = kind.height * kind.width, kind.channels
    sizes = [int.from_bytes(raw.take(2), "little") for _ in range(count)]
    need(all(size <= min(256, pixels) for size in sizes), "stored images: colours of a palette")
    tables = [
        [raw.take(channels) for _ in range(size)] for size in sizes
    ]  # none where there is none
    rows: list[bytes] = [b""] * count
    for image, table in enumerate(tables):
        if table:
            indexes = raw.take(pixels)
            need(max(indexes) < len(table), "stored images: a colour that is not there")
            rows[image] = b"".join(table[index] for index in indexes)
    for image, table in enumerate(tables):
        if not table:
            rows[image] = raw.take(pixels * channels)
    found = np.frombuffer(b"".join(rows), np.uint8)
    return found.reshape(count, kind.height, kind.width, channels).transpose(0, 3, 1, 2)


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
