"""Sets of several classes of images that need not lie in memory: some images are read when they are
asked for (`images.mixed_source` lists all such sets)."""

from __future__ import annotations

import hashlib
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.class_scan import ClassScan, class_indexes, to_chw
from acncodec.images.dataset import SideArray, check_names
from acncodec.images.folder import Folder
from acncodec.images.image_class import ImageClass, one_shape
from acncodec.images.mixed import MixedSpec
from acncodec.images.mixed_images import MixedImages, packed_bytes, rows_by_class
from acncodec.images.source import DataSource
from acncodec.images.spec import Levels
from acncodec.images.stored import FINGERPRINT_BYTES

Ints = NDArray[np.int64]

LAYOUT = "nhw"
"""Of pictures: (H, W), or (H, W, C) where there are several channels."""


class StoredMixed:
    """The pictures of a folder, of several sizes and modes, read when they are asked for.

    All are uint16 where one of them is, else uint8. All are looked at once: for their levels, which
    those of one mode have in common, and for a fingerprint of each, with which it is compared
    whenever it is read.

    Args:
        folder: which stays where it is.
        side: the other arrays.
        name, position: of the images among all arrays; warnings: for the user.

    Raises:
        DataError: a picture cannot be read.
    """

    def __init__(
        self, folder: Folder, side: tuple[SideArray, ...], name: str, position: int,
        warnings: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        deep = any(one.picture.maximum > 255 for one in folder.pictures)
        self._folder, self._dtype = folder, np.dtype(np.uint16 if deep else np.uint8)
        self.side, self.warnings = side, warnings
        self.spec = MixedSpec(name, self._dtype.name, LAYOUT, position)
        scan, shapes, prints = ClassScan(), [], bytearray()
        modes = [one.picture.mode.name for one in folder.pictures]
        for row, mode in enumerate(modes):
            image = self._read(row)
            scan.add(mode, image)
            shapes.append(image.shape)
            prints += _fingerprint(image)
        self._fingerprints = bytes(prints)
        kinds = [scan.of(mode, shape) for mode, shape in zip(modes, shapes, strict=True)]
        self.classes: tuple[ImageClass, ...] = tuple(sorted(set(kinds)))
        numbers = {one: number for number, one in enumerate(self.classes)}
        self.members: Ints = np.array([numbers[kind] for kind in kinds], np.int64)
        self.spec.check(self.classes)
        check_names(self.spec, side, self.count)

    @property
    def count(self) -> int:
        """The number of images, N."""
        return len(self.members)

    @property
    def is_list(self) -> bool:
        """Whether shapes differ, so that the images are a list of arrays and not one array."""
        return not one_shape(self.classes)

    @property
    def array_bytes(self) -> int:
        """Bytes that the images take in memory."""
        counts = np.bincount(self.members, minlength=len(self.classes)).tolist()
        pairs = zip(self.classes, counts, strict=True)
        return sum(one.samples * int(count) for one, count in pairs) * self._dtype.itemsize

    @property
    def raw_bytes(self) -> int:
        """Bytes of the images packed at ceil(log2 levels) bits a sample."""
        return packed_bytes(self.classes, self.members)

    def take(self, rows: slice | Ints) -> MixedImages:
        """Some images. Raises `DataError` when one cannot be read, or is not what it was."""
        wanted = np.arange(self.count)[rows] if isinstance(rows, slice) else rows
        members = self.members[wanted]
        blocks: dict[int, Levels] = {}
        for number, places in rows_by_class(members).items():
            one = self.classes[number]
            blocks[number] = np.empty((len(places), *one.shape), one.index_dtype)
            for at, row in enumerate(wanted[places].tolist()):
                image = self._read(row)
                if _fingerprint(image) != self._print_of(row):
                    raise DataError("the input has changed since it was read; nothing is kept")
                blocks[number][at] = class_indexes(image, one)
        return MixedImages(self.classes, blocks, members)

    def with_side(self, side: tuple[SideArray, ...]) -> Self:
        """The same images beside other arrays, which fit them."""
        check_names(self.spec, side, self.count)
        other = copy(self)
        other.side = side
        return other

    def only(self, rows: Ints) -> Self:
        """Some images, with their fingerprints and no other arrays; classes are those of all."""
        other = copy(self)
        other._folder = self._folder.only(rows)
        other._fingerprints = b"".join(map(self._print_of, rows.tolist()))
        other.members = self.members[rows]
        other.side = ()
        return other

    def same_images(self, other: StoredMixed) -> bool:
        """Whether both found the same images when they first looked at them."""
        same = (self.spec, self.classes) == (other.spec, other.classes)
        same = same and np.array_equal(self.members, other.members)
        return same and self._fingerprints == other._fingerprints

    @property
    def fingerprint(self) -> bytes:
        """A digest of all images, as they were first looked at."""
        return hashlib.sha256(self._fingerprints).digest()

    def _read(self, row: int) -> NDArray[np.integer]:
        """A picture (C, H, W), of the type of all."""
        return to_chw(self._folder.samples(row).astype(self._dtype), LAYOUT)

    def _print_of(self, row: int) -> bytes:
        return self._fingerprints[row * FINGERPRINT_BYTES : (row + 1) * FINGERPRINT_BYTES]


def _fingerprint(image: NDArray[np.integer]) -> bytes:
    """The first 64 bits of a hash of an image's samples."""
    data = np.ascontiguousarray(image).view(np.uint8).data
    return hashlib.blake2b(data, digest_size=FINGERPRINT_BYTES).digest()


class OneClass:
    """A set of one shape, `data`, as one of a single class; it has at least one image."""

    def __init__(self, data: DataSource) -> None:
        given = data.spec
        self.data = data
        self.classes: tuple[ImageClass, ...] = (ImageClass.of(data.shape, given.values),)
        self.members: Ints = np.zeros(data.count, np.int64)
        self.spec = MixedSpec.like(given)
        self.side, self.warnings = data.side, data.warnings
        self.array_bytes, self.raw_bytes = data.array_bytes, data.raw_bytes
        self.spec.check(self.classes)

    @property
    def count(self) -> int:
        """The number of images, N."""
        return len(self.members)

    @property
    def is_list(self) -> bool:
        """They have one shape."""
        return False

    def take(self, rows: slice | Ints) -> MixedImages:
        """Some images. Raises `DataError` when one cannot be read, or is not what it was."""
        wanted = np.arange(self.count)[rows] if isinstance(rows, slice) else rows
        blocks = {0: self.data.take(rows)} if len(wanted) else {}
        return MixedImages(self.classes, blocks, np.zeros(len(wanted), np.int64))
