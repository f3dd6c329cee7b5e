"""Distinct images, duplicates and canonical order: what is coded and what is written back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from acncodec.container import (
    find_duplicates,
    pack_counts,
    pack_inverse,
    unpack_counts,
    unpack_inverse,
)
from acncodec.images import DataSet, SideArray

Pixels = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arrangement:
    """pixels: the distinct images, uint8 (U, C, H, W); count: N; duplicates: their payload,
    empty when all images differ; digest: SHA-256 of the images as `decompress` writes them;
    rows: int64 (N,), which distinct image each written one is; side: side arrays in that order."""

    pixels: Pixels
    count: int
    duplicates: bytes
    digest: bytes
    rows: Ints
    side: tuple[SideArray, ...]


def pixels_digest(pixels: Pixels) -> bytes:
    """SHA-256 of level indexes, uint8 (N, C, H, W), image after image."""
    return hashlib.sha256(np.ascontiguousarray(pixels).data).digest()


def canonical_order(pixels: Pixels) -> Ints:
    """The order of images by their bytes; equal images keep theirs."""
    if not len(pixels):
        return np.zeros(0, np.int64)
    flat = np.ascontiguousarray(pixels).reshape(len(pixels), -1)
    keys = flat.view(np.dtype((np.void, flat.shape[1]))).ravel()
    order: Ints = np.argsort(keys, kind="stable").astype(np.int64)
    return order


def arrange(data: DataSet, keep: bool) -> Arrangement:
    """Split a data set into distinct images, duplicates and side arrays.

    With `keep` everything stays in its order. Otherwise images are sorted by their bytes,
    equal ones by their aligned side data, and aligned side arrays follow them.
    """
    if keep:
        first, inverse = find_duplicates(data.pixels)
        duplicates = b"" if len(first) == data.count else pack_inverse(inverse, len(first))
        digest = pixels_digest(data.pixels)
        return Arrangement(data.pixels[first], data.count, duplicates, digest, inverse, data.side)
    rows = list(range(data.count))
    aligned = [side.array for side in data.side if side.aligned]
    if aligned:
        rows.sort(key=lambda row: b"".join(array[row].tobytes() for array in aligned))
    by_side = np.array(rows, np.int64)
    order = by_side[canonical_order(data.pixels[by_side])]
    pixels = data.pixels[order]
    first, inverse = find_duplicates(pixels)
    counts = np.bincount(inverse, minlength=len(first)).astype(np.int64)
    duplicates = b"" if len(first) == data.count else pack_counts(counts)
    side = tuple(
        replace(entry, array=entry.array[order]) if entry.aligned else entry for entry in data.side
    )
    digest = pixels_digest(pixels)
    return Arrangement(pixels[first], data.count, duplicates, digest, inverse, side)


def restore(pixels: Pixels, count: int, duplicates: bytes, keep: bool) -> Pixels:
    """Undo `arrange` for images: distinct ones (U, C, H, W), in any order unless `keep`, to
    the written ones (N, C, H, W)."""
    if not keep:
        pixels = pixels[canonical_order(pixels)]
    if not duplicates:
        return pixels
    if keep:
        return pixels[unpack_inverse(duplicates, count, len(pixels))]
    return np.repeat(pixels, unpack_counts(duplicates, count, len(pixels)), 0)
