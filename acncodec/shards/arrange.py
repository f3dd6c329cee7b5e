"""Distinct images, duplicates and canonical order: what is coded and what is written back."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
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
from acncodec.contracts.image_kind import ImageKind
from acncodec.images import DataSource, SideArray, raw_view
from acncodec.images.excerpt import Excerpt
from acncodec.images.levels import sample_bytes
from acncodec.images.rows import take_rows
from acncodec.images.spec import Levels

Pixels = NDArray[Any]
"""Level indexes: uint8, or uint16 of more than 256 levels."""
Ints = NDArray[np.int64]

PIECE = 4096
"""Images are packed for sorting so many at once."""


@dataclass(frozen=True, eq=False)
class Arrangement:
    """pixels: the distinct images (U, C, H, W); kind: theirs; count: N; duplicates: their payload,
    empty when all images differ; digest: SHA-256 of the images as `decompress` writes them;
    rows: int64 (N,), which distinct image each written one is; side: side arrays in that order, of
    a whole set alone."""

    pixels: Pixels
    kind: ImageKind
    count: int
    duplicates: bytes
    digest: bytes
    rows: Ints
    side: tuple[SideArray, ...] = ()


def pixels_digest(pixels: Pixels) -> bytes:
    """SHA-256 of the bytes of level indexes (N, C, H, W), image after image."""
    return hashlib.sha256(sample_bytes(pixels).data).digest()


def canonical_order(pixels: Pixels) -> Ints:
    """The order of images (or whatever rows of bytes) by their bytes; equal ones keep theirs."""
    if not len(pixels):
        return np.zeros(0, np.int64)
    flat = sample_bytes(pixels)
    keys = flat.view(np.dtype((np.void, flat.shape[1]))).ravel()
    order: Ints = np.argsort(keys, kind="stable").astype(np.int64)
    return order


def arrange(data: DataSource, keep: bool) -> Arrangement:
    """Split a data set into distinct images, duplicates and side arrays.

    With `keep` everything stays in its order. Otherwise images are sorted by their bytes,
    equal ones by their aligned side data, and aligned side arrays follow them.
    """
    shards = Shards(data, keep, None)
    return replace(arrange_images(shards.excerpt(0).read(), shards.kind, keep), side=shards.side)


def arrange_images(pixels: Pixels, kind: ImageKind, keep: bool) -> Arrangement:
    """Split the images of a shard, (N, C, H, W) as they are written back, into distinct ones and
    duplicates."""
    first, inverse = find_duplicates(pixels)
    duplicates = b""
    if len(first) < len(pixels):
        counts = np.bincount(inverse, minlength=len(first)).astype(np.int64)
        duplicates = pack_inverse(inverse, len(first)) if keep else pack_counts(counts)
    digest = pixels_digest(pixels)
    return Arrangement(pixels[first], kind, len(pixels), duplicates, digest, inverse)


class Shards:
    """As `arrange`, in shards of `shard_size` images (all in one by default), the last one
    smaller, each read when it is asked for; the side arrays, which are of the whole set, in the
    order of the whole.

    Without `keep` the whole set is sorted before it is cut, so that what each shard holds does
    not depend on the order of the input either. That needs the images packed at their levels.
    """

    def __init__(self, data: DataSource, keep: bool, shard_size: int | None) -> None:
        self._data = data
        self._order = None if keep else _canonical_rows(data)
        self._size = shard_size or max(1, data.count)
        self.side = data.side if self._order is None else sliced(data.side, self._order)

    @property
    def levels(self) -> int:
        """The number of levels of all images."""
        return self._data.levels

    @property
    def kind(self) -> ImageKind:
        """What all images are."""
        return ImageKind.of(self._data.shape, self._data.levels)

    def __len__(self) -> int:
        return max(1, -(-self._data.count // self._size))

    def images(self, start: int, stop: int) -> Pixels:
        """The images start..stop of the whole set as they are written back, (n, C, H, W).

        Raises `DataError` when they cannot be read.
        """
        rows = slice(start, min(stop, self._data.count))
        return self._data.take(rows if self._order is None else self._order[rows])

    def excerpt(self, index: int) -> Excerpt[Levels]:
        """The images of a shard, to be read where they are coded."""
        start = index * self._size
        rows = slice(start, min(start + self._size, self._data.count))
        return Excerpt(self._data, rows if self._order is None else self._order[rows])


def sliced(side: Sequence[SideArray], rows: Ints) -> tuple[SideArray, ...]:
    """The side arrays of some images: those rows of the aligned ones, the others whole."""
    return tuple(
        replace(entry, array=take_rows(entry.array, rows)) if entry.aligned else entry
        for entry in side
    )


def _canonical_rows(data: DataSource) -> Ints:
    """Which image of `data` stands where in canonical order, equal ones by their rows."""
    keys = _sort_keys(data)
    aligned = [raw_view(side.array) for side in data.side if side.aligned]
    if not aligned:
        return canonical_order(keys)
    rows = sorted(range(data.count), key=lambda row: [array[row].tobytes() for array in aligned])
    by_side = np.array(rows, np.int64)
    order: Ints = by_side[canonical_order(keys[by_side])]
    return order


def _sort_keys(data: DataSource) -> Pixels:
    """Bytes (N, n) that sort like the images: those of two levels at 8 pixels a byte."""
    size = math.prod(data.shape) * data.spec.index_dtype.itemsize
    keys = np.empty((data.count, -(-size // 8) if data.levels == 2 else size), np.uint8)
    for start in range(0, data.count, PIECE):
        rows = slice(start, min(start + PIECE, data.count))
        flat = sample_bytes(data.take(rows))
        keys[rows] = np.packbits(flat, axis=1) if data.levels == 2 else flat
    return keys


def restore(pixels: Pixels, count: int, duplicates: bytes, keep: bool) -> Pixels:
    """Undo `arrange` for images: distinct ones (U, C, H, W), in any order unless `keep`, to
    the written ones (N, C, H, W)."""
    if not keep:
        pixels = pixels[canonical_order(pixels)]
    if not duplicates:
        return pixels
    if keep:
        return pixels[known_rows(duplicates, count, len(pixels))]
    return np.repeat(pixels, unpack_counts(duplicates, count, len(pixels)), 0)


def known_rows(duplicates: bytes, count: int, distinct: int) -> Ints:
    """Which distinct image each of the written ones is, where the order is kept; int64 (N,)."""
    if not duplicates:
        return np.arange(count)
    return unpack_inverse(duplicates, count, distinct)
