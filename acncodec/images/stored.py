"""Images that stay where they are stored, and are read when they are asked for.

Reading, not mapping: a file that shrinks under a mapping kills the process, and one that shrinks
under a read is an error like any other.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self, overload

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import SideArray, check_together, packed_bytes
from acncodec.images.levels import LevelScan, coded_channels, level_indexes, to_nchw
from acncodec.images.recognised import Found
from acncodec.images.spec import ImageSpec, Levels

Ints = NDArray[np.int64]

SCAN_BYTES = 1 << 22
"""Images are first looked at in pieces of about so many bytes."""
FINGERPRINT_BYTES = 8


class StoredArray(Protocol):
    """An image array on disk: dtype and shape of the whole, and its rows when asked for."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of an entry: uint8, bool or uint16, in whatever byte order."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the whole array, images along its first axis."""
        ...

    def read(self, rows: Ints) -> NDArray[Any]:
        """`array[rows]`. Raises `DataError` when that cannot be read."""
        ...

    def only(self, rows: range | Ints) -> StoredArray:
        """The array of some of its rows, which holds nothing of the others."""
        ...


@dataclass(frozen=True)
class FileArray:
    """An array in C order within a file, from `offset` on; `lead` bytes stand before each row."""

    path: Path
    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    lead: int = 0

    def read(self, rows: Ints) -> NDArray[Any]:
        """`array[rows]`, neighbours in one go."""
        record_bytes = self.lead + math.prod(self.shape[1:]) * self.dtype.itemsize
        raw = np.empty((len(rows), record_bytes), np.uint8)
        with read_errors(), self.path.open("rb") as file:
            for first, stop in runs(rows):
                view = raw[first:stop].reshape(-1).data
                _read_at(file.fileno(), view, self.offset + int(rows[first]) * record_bytes)
        entries = np.ascontiguousarray(raw[:, self.lead :]).view(self.dtype)
        return entries.reshape(len(rows), *self.shape[1:])

    def only(self, rows: range | Ints) -> StoredArray:
        """Some of its rows, wherever the working folder is."""
        return StoredRows(replace(self, path=self.path.absolute()), rows)


@contextmanager
def read_errors() -> Iterator[None]:
    """Turn an `OSError` into a `DataError`."""
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}") from error


def runs(rows: Ints) -> Iterator[tuple[int, int]]:
    """Stretches [first, stop) of `rows` in which each is the one before it and one."""
    if not len(rows):
        return
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    yield from zip([0, *breaks.tolist()], [*breaks.tolist(), len(rows)], strict=True)


def _read_at(descriptor: int, view: memoryview, offset: int) -> None:
    done = 0
    while done < len(view):
        got = os.preadv(descriptor, [view[done:]], offset + done)
        if not got:
            raise DataError(f"the input has become shorter (offset {offset + done})")
        done += got


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Some rows of an array; consecutive ones as a range, in steps of 1."""

    whole: StoredArray
    rows: range | Ints

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of an entry."""
        return self.whole.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of these rows."""
        return (len(self.rows), *self.whole.shape[1:])

    def read(self, rows: Ints) -> NDArray[Any]:
        """Some of them. Raises as that of the whole does."""
        return self.whole.read(_within(self.rows, rows))

    def only(self, rows: range | Ints) -> StoredArray:
        """Some of them."""
        return self.whole.only(_within(self.rows, rows))


@overload
def _within(outer: range | Ints, rows: Ints) -> Ints: ...


@overload
def _within(outer: range | Ints, rows: range) -> range | Ints: ...


def _within(outer: range | Ints, rows: range | Ints) -> range | Ints:
    """Which rows of the whole some of the rows `outer` are."""
    if isinstance(outer, range):
        if isinstance(rows, range):
            return range(rows.start + outer.start, rows.stop + outer.start)
        return rows + outer.start
    found: Ints = outer[rows.start : rows.stop] if isinstance(rows, range) else outer[rows]
    return found


class StoredData:
    """A data set of stored images, a `DataSource`.

    All images are looked at once: for their levels, and for a fingerprint of each, with which it
    is compared whenever it is read. So a data set that changes meanwhile is an error.

    Raises:
        DataError: the images cannot be read.
    """

    def __init__(self, array: StoredArray, found: Found, warnings: tuple[str, ...] = ()) -> None:
        self._array, self._layout = array, found.layout
        self.side: tuple[SideArray, ...] = found.side
        self.warnings = (*warnings, *found.warnings)
        count = array.shape[0]
        item_bytes = math.prod(array.shape[1:]) * array.dtype.itemsize
        self.array_bytes = count * item_bytes
        self._fingerprints = np.empty(count, f"V{FINGERPRINT_BYTES}")
        scan, step = LevelScan(found.layout), max(1, SCAN_BYTES // max(1, item_bytes))
        for start in range(0, count, step):
            rows = np.arange(start, min(start + step, count))
            images = array.read(rows)
            scan.add(images)
            self._fingerprints[rows] = _fingerprints(images)
        self.spec: ImageSpec = found.spec(array.dtype, scan)

    @property
    def count(self) -> int:
        """The number of images, N."""
        return self._array.shape[0]

    @property
    def levels(self) -> int:
        """The number of levels a pixel may take."""
        return len(self.spec.values)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of an image: (C, H, W), equal colour channels counted once."""
        item = np.broadcast_to(np.uint8(0), (0, *self._array.shape[1:]))
        _, channels, height, width = to_nchw(item, self._layout).shape
        return coded_channels(int(channels), self.spec.replicated), int(height), int(width)

    @property
    def raw_bytes(self) -> int:
        """Bytes of the images packed at their levels: ceil(log2 levels) bits a sample, equal colour
        channels once."""
        return packed_bytes(self.count * math.prod(self.shape), self.levels)

    def take(self, rows: slice | Ints) -> Levels:
        """Level indexes of some images, (n, C, H, W), uint8 or (over 256 levels) uint16.

        Raises `DataError` when they cannot be read, or are not what they were.
        """
        wanted = np.arange(self.count)[rows] if isinstance(rows, slice) else rows
        images = self._array.read(wanted)
        if not np.array_equal(_fingerprints(images), self._fingerprints[wanted]):
            raise DataError("the input has changed since it was read; nothing is kept")
        return level_indexes(to_nchw(images, self._layout), self.spec)

    def with_side(self, side: tuple[SideArray, ...]) -> Self:
        """The same images beside other arrays, which fit them."""
        check_together(self.spec, side, self.count)
        other = copy(self)
        other.side = side
        return other

    def window(self, rows: range, side: tuple[SideArray, ...]) -> Self:
        """The images `rows`, in steps of 1, beside other arrays; they are as they were when the
        whole was looked at, and so are their levels."""
        other = copy(self)
        other._array = self._array.only(rows)
        other._fingerprints = self._fingerprints[rows.start : rows.stop]
        other.array_bytes = self.array_bytes // max(1, self.count) * len(rows)
        other.side = side
        check_together(other.spec, side, other.count)
        return other

    def only(self, rows: range | Ints) -> Self:
        """Some images, with their fingerprints and no other arrays: what is sent to where they are
        read. A range is in steps of 1."""
        other = copy(self)
        other._array = self._array.only(rows)
        chosen = slice(rows.start, rows.stop) if isinstance(rows, range) else rows
        other._fingerprints = self._fingerprints[chosen]
        other.array_bytes = self.array_bytes // max(1, self.count) * len(rows)
        other.side = ()
        return other

    @property
    def fingerprint(self) -> bytes:
        """A digest of all images, as they were first looked at."""
        return hashlib.sha256(self._fingerprints.tobytes()).digest()

    def same_images(self, other: StoredData) -> bool:
        """Whether both found the same images, so laid out, when they first looked at them."""
        same = self.spec == other.spec and self.shape == other.shape
        return same and np.array_equal(self._fingerprints, other._fingerprints)


def _fingerprints(images: NDArray[Any]) -> NDArray[np.void]:
    """The first 64 bits of a hash of each image, void (n,)."""
    digests = [
        hashlib.blake2b(image.data, digest_size=FINGERPRINT_BYTES).digest()
        for image in np.ascontiguousarray(images).view(np.uint8)
    ]
    return np.frombuffer(b"".join(digests), f"V{FINGERPRINT_BYTES}")
