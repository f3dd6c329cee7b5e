"""Part of `second_reader`: images that are stored and not modelled (3.1)."""

from __future__ import annotations

import bz2
import math

import numpy as np

from second_reader.fields import need
from second_reader.images import Image, Kind
from second_reader.packed import Bytes, inflate, unlzma, unpack
from second_reader.parts import Counts


def stored_images(
    payload: bytes, counts: Counts, order: str, kinds: list[Kind]
) -> list[list[Image]]:
    """The stored images of a shard, by kind and in each in the order of their numbers."""
    need(len(payload) >= 1 and payload[0] <= 3, "stored images: form")
    form, data = payload[0], payload[1:]
    limit = sum(1 + count * kinds[kind].size for kind, count in counts)
    if form == 1:
        data = inflate(data, limit)
    elif form == 2:
        data = unlzma(data, limit)
    elif form == 3:
        data = unpack(bz2.BZ2Decompressor(), data, limit)
    raw = Bytes(data)
    densities = list(raw.take(len(counts)))
    images: list[list[Image]] = []
    for (kind, count), density in zip(counts, densities, strict=True):
        one = kinds[kind]
        need(density in (1, 2, 4, 8), "stored images: samples a byte")
        need(density == 1 or one.levels <= 2 ** (8 // density), "stored images: samples a byte")
        indexes = packed(raw, one, count, density) if density > 1 else plain(raw, one, count)
        need(np.all(indexes < one.levels), "stored images: a level that is not there")
        group = [Image(one.content(image), kind) for image in indexes.reshape(count, *one.shape)]
        need(order == "keep" or group == sorted(group), "stored images: order")
        need(len(set(group)) == len(group), "stored images: one is there twice")
        images.append(group)
    need(not raw.rest(), "stored images: length")
    return images


def plain(raw: Bytes, kind: Kind, count: int) -> np.ndarray:
    """Samples in one byte each, or in two by planes."""
    samples = count * math.prod(kind.shape)
    low = np.frombuffer(raw.take(samples), np.uint8)
    if kind.levels <= 256:
        return low
    return low + 256 * np.frombuffer(raw.take(samples), np.uint8).astype(np.int64)


def packed(raw: Bytes, kind: Kind, count: int, density: int) -> np.ndarray:
    """Several samples in a byte, the first in the highest bits; a class begins with a byte."""
    samples, bits = count * math.prod(kind.shape), 8 // density
    data = np.frombuffer(raw.take(-(-samples // density)), np.uint8)
    digits = np.unpackbits(data)
    need(not digits[samples * bits :].any(), "stored images: bits behind the last sample")
    return (digits[: samples * bits].reshape(-1, bits) << np.arange(bits)[::-1]).sum(1)
