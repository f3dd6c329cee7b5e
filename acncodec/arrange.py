"""Distinct images, duplicates and canonical order: what is coded and what is written back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.container import (
    find_duplicates,
    pack_counts,
    pack_inverse,
    unpack_counts,
    unpack_inverse,
)
from acncodec.images import DataSet, SideArray, raw_view

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


def take_rows(array: NDArray[Any], rows: Ints) -> NDArray[Any]:
    """`array[rows]`, dtype and all bytes kept: NumPy widens text of no characters to one when it
    indexes, and `raw_view` says what it does to structures."""
    if array.dtype.itemsize == 0:
        return np.ndarray((len(rows), *array.shape[1:]), array.dtype)
    taken: NDArray[Any] = raw_view(array)[rows].view(array.dtype)
    return taken


def arrange(data: DataSet, keep: bool) -> Arrangement:
    """Split a data set into distinct images, duplicates and side arrays.

    With `keep` everything stays in its order. Otherwise images are sorted by their bytes,
    equal ones by their aligned side data, and aligned side arrays follow them.
    """
    return arrange_shards(data, keep, None)[0]


def arrange_shards(data: DataSet, keep: bool, shard_size: int | None) -> list[Arrangement]:
    """As `arrange`, in shards of `shard_size` images (all in one by default), the last one
    smaller; the side arrays, which are of the whole set, go with the first.

    Without `keep` the whole set is sorted before it is cut, so that what each shard holds does
    not depend on the order of the input either.
    """
    pixels, side = data.pixels, data.side
    if not keep:
        order = _canonical_rows(data)
        pixels = pixels[order]
        side = tuple(
            replace(entry, array=take_rows(entry.array, order)) if entry.aligned else entry
            for entry in side
        )
    size = shard_size or max(1, len(pixels))
    starts = range(0, max(1, len(pixels)), size)
    return [
        _arrange_written(pixels[start : start + size], keep, () if start else side)
        for start in starts
    ]


def _canonical_rows(data: DataSet) -> Ints:
    """Which image of `data` stands where in canonical order, equal ones by their rows."""
    rows = list(range(data.count))
    aligned = [raw_view(side.array) for side in data.side if side.aligned]
    if aligned:
        rows.sort(key=lambda row: [array[row].tobytes() for array in aligned])
    by_side = np.array(rows, np.int64)
    order: Ints = by_side[canonical_order(data.pixels[by_side])]
    return order


def _arrange_written(pixels: Pixels, keep: bool, side: tuple[SideArray, ...]) -> Arrangement:
    """The arrangement of images that stand in the order in which they are written back."""
    first, inverse = find_duplicates(pixels)
    duplicates = b""
    if len(first) < len(pixels):
        counts = np.bincount(inverse, minlength=len(first)).astype(np.int64)
        duplicates = pack_inverse(inverse, len(first)) if keep else pack_counts(counts)
    digest = pixels_digest(pixels)
    return Arrangement(pixels[first], len(pixels), duplicates, digest, inverse, side)


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
