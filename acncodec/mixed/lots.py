"""The images of a shard as they are coded: distinct ones, numbered, with what repeats them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.container import pack_counts, pack_inverse
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import Images, MixedImages
from acncodec.images.spec import Levels

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def keys_digest(keys: Iterable[bytes]) -> bytes:
    """SHA-256 of the bytes of images, one after the other."""
    digest = hashlib.sha256()
    for key in keys:
        digest.update(key)
    return digest.digest()


@dataclass(frozen=True, eq=False)
class Lot:
    """The distinct images of a stack by their numbers, and the digest that seeds it."""

    images: MixedImages
    digest: bytes

    @property
    def pixels(self) -> Levels | MixedImages:
        """The images; those of a single class as an array (U, C, H, W)."""
        return self.images.pixels

    @property
    def kind(self) -> Images:
        """What they are."""
        return self.images.kind

    @property
    def count(self) -> int:
        """U."""
        return len(self.images)

    @property
    def duplicates(self) -> bytes:
        """None: they are the shard's."""
        return b""


@dataclass(frozen=True, eq=False)
class Distinct:
    """What differs among the images of a shard: `images` by first occurrence, `inverse` (N,), the
    number of each image."""

    images: MixedImages
    inverse: Ints

    def first_of(self, places: Ints) -> Ints:
        """Where each distinct image comes first, if all come at `places` (N,), int64 (U,)."""
        found = np.full(len(self.images), np.iinfo(np.int64).max)
        np.minimum.at(found, self.inverse, places)
        return found


def distinct_images(images: MixedImages) -> Distinct:
    """Find what differs."""
    numbers: dict[bytes, int] = {}
    keys = images.keys()
    inverse = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)
    first = np.unique(inverse, return_index=True)[1]
    return Distinct(images[first], inverse)


def reclassed(
    images: MixedImages, inverted: Flags, classes: tuple[ImageClass, ...]
) -> MixedImages:  # fmt: skip
    """The same images with the classes of another table; those `inverted` (N,) in the inverted
    class of theirs, their two levels exchanged."""
    places = {one: number for number, one in enumerate(classes)}
    members = np.empty(len(images), np.int64)
    listed = images.listed()
    for number, rows in images.rows.items():
        one = images.classes[number]
        turned = rows[inverted[rows]]
        members[rows[~inverted[rows]]] = places.get(one, -1)
        if len(turned):
            members[turned] = places[one.inverted]
            for row in turned.tolist():
                listed[row] = 1 - listed[row]
    return MixedImages.of_list(classes, members, listed)


@dataclass(frozen=True, eq=False)
class Numbered:
    """A shard's distinct images by their numbers, as the file counts them.

    images: distinct ones; keys: their bytes; numbers: of each of the N images of the input;
    duplicates: the payload, empty when all images differ.
    """

    images: MixedImages
    keys: Sequence[bytes]
    numbers: Ints
    duplicates: bytes
    keep: bool

    @property
    def digest(self) -> bytes:
        """SHA-256 of the bytes of all N images in output order."""
        written = self.numbers if self.keep else np.sort(self.numbers)
        return keys_digest(self.keys[number] for number in written.tolist())


def numbered(images: MixedImages, inverse: Ints, *, keep: bool) -> tuple[Numbered, Ints]:
    """Number distinct images, which are given by first occurrence: in `any` in canonical order.

    Returns also which given image each number is, int64 (U,).
    """
    keys = images.keys()
    order = np.arange(len(keys))
    if not keep:
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
    number_of = np.empty_like(order)
    number_of[order] = np.arange(len(order))
    numbers = number_of[inverse]
    duplicates = b""
    if len(keys) < len(inverse):
        counts = np.bincount(numbers, minlength=len(keys)).astype(np.int64)
        duplicates = pack_inverse(numbers, len(keys)) if keep else pack_counts(counts)
    ordered = [keys[row] for row in order.tolist()]
    return Numbered(images[order], ordered, numbers, duplicates, keep), order
