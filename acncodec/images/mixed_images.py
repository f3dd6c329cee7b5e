"""Level indexes of images of several classes, each class in a block of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.image_kind import ImageKind
from acncodec.images.image_class import ImageClass
from acncodec.images.levels import sample_bytes
from acncodec.images.spec import Levels

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MixedImages:
    """Level indexes of N images of several classes.

    Attributes:
        classes: what there may be; not every class needs to have an image.
        blocks: by the number of a class its images (n, C, H, W) in their order, C-contiguous, of
            the class's `index_dtype`; classes without an image may be left out.
        members: the class of each image, int64 (N,).
    """

    classes: tuple[ImageClass, ...]
    blocks: Mapping[int, Levels]
    members: Ints

    def __len__(self) -> int:
        return len(self.members)

    @cached_property
    def ranks(self) -> Ints:
        """The place of each image in its block, int64 (N,)."""
        ranks = np.empty(len(self.members), np.int64)
        for rows in rows_by_class(self.members).values():
            ranks[rows] = np.arange(len(rows))
        return ranks

    def image(self, index: int) -> Levels:
        """The level indexes of one image, (C, H, W)."""
        found: Levels = self.blocks[int(self.members[index])][self.ranks[index]]
        return found

    def __getitem__(self, rows: Ints | slice) -> MixedImages:
        """Some images, or all in another order."""
        chosen = np.arange(len(self.members))[rows] if isinstance(rows, slice) else rows
        members = self.members[chosen]
        blocks = {
            number: np.ascontiguousarray(self.blocks[number][self.ranks[chosen[places]]])
            for number, places in rows_by_class(members).items()
        }
        return MixedImages(self.classes, blocks, members)

    def take(self, rows: Ints | slice) -> MixedImages:
        """The same, by a name that sets have too which are not in memory."""
        return self[rows]

    @cached_property
    def rows(self) -> Mapping[int, Ints]:
        """By the number of a class which images are of it, ascending; of classes that have any."""
        return rows_by_class(self.members)

    def listed(self) -> list[Levels]:
        """All images, (C, H, W) each."""
        return [self.image(index) for index in range(len(self))]

    @classmethod
    def of_list(
        cls, classes: tuple[ImageClass, ...], members: Ints, images: Sequence[Levels]
    ) -> MixedImages:
        """Undo `listed` for images whose classes are known."""
        blocks = {
            number: np.stack([images[row] for row in rows.tolist()])
            for number, rows in rows_by_class(members).items()
        }
        return cls(classes, blocks, members)

    @property
    def kind(self) -> Images:
        """What they are; the values that levels stand for make no difference to a single class."""
        found = self.counts()
        if len(found) > 1:
            return ClassCounts(self.classes, found)
        one = self.classes[found[0][0]]
        return ImageKind.of(one.shape, one.levels)

    @property
    def pixels(self) -> Levels | MixedImages:
        """The images of a single class as an array, else these; there is at least one."""
        found = self.counts()
        return self if len(found) > 1 else self.blocks[found[0][0]]

    def counts(self) -> tuple[tuple[int, int], ...]:
        """(number of a class, images of it) for each class that has any, ascending."""
        return tuple((number, len(rows)) for number, rows in self.rows.items())

    def keys(self) -> list[bytes]:
        """The bytes of each image as they are sorted and digested (docs/FORMAT.md, 3.1): levels,
        channels, height, width and class, four bytes each, the highest first; then its samples."""
        found = [b""] * len(self.members)
        for number, rows in self.rows.items():
            one = self.classes[number]
            head = np.array([one.levels, *one.shape, number], ">u4").tobytes()
            for row, image in zip(rows.tolist(), sample_bytes(self.blocks[number]), strict=True):
                found[row] = head + image.tobytes()
        return found

    def upright(self) -> MixedImages:
        """The same images without inverted classes, nor ones that no image has."""
        ways = {
            number: self.classes[number].inverted if self.classes[number].is_inverted
            else self.classes[number]
            for number in self.rows
        }  # fmt: skip
        classes = tuple(sorted(set(ways.values())))
        places = {one: number for number, one in enumerate(classes)}
        numbers = np.zeros(len(self.classes), np.int64)
        pieces: dict[int, list[int]] = {}
        for number, one in ways.items():
            numbers[number] = places[one]
            pieces.setdefault(places[one], []).append(number)
        members = numbers[self.members]
        blocks = {}
        for place, one in enumerate(classes):
            block = np.empty((int((members == place).sum()), *one.shape), one.index_dtype)
            order = np.flatnonzero(members == place)
            for number in pieces[place]:
                given = self.blocks[number]
                inverted = self.classes[number].is_inverted
                block[np.searchsorted(order, self.rows[number])] = 1 - given if inverted else given
            blocks[place] = block
        return MixedImages(classes, blocks, members)

    @property
    def packed_bytes(self) -> int:
        """Bytes of all images packed at ceil(log2 levels) bits a sample."""
        return packed_bytes(self.classes, self.members)


def rows_by_class(members: Ints) -> dict[int, Ints]:
    """By the number of a class which of some images are of it, ascending; of classes that have any.
    members: the class of each, (n,)."""
    order = np.argsort(members, kind="stable")
    numbers, starts = np.unique(members[order], return_index=True)
    stops = [*starts[1:], len(members)] if len(starts) else []
    return {
        int(number): order[start:stop]
        for number, start, stop in zip(numbers, starts, stops, strict=True)
    }


def packed_bytes(classes: Sequence[ImageClass], members: Ints) -> int:
    """Bytes of images of these classes packed at ceil(log2 levels) bits a sample."""
    counts = np.bincount(members, minlength=len(classes)).tolist()
    pairs = zip(classes, counts, strict=True)
    return (sum(one.packed_bits * int(count) for one, count in pairs) + 7) // 8


def joined(parts: Sequence[MixedImages], classes: tuple[ImageClass, ...]) -> MixedImages:
    """All images of several parts, one part after the other; the parts have these classes."""
    members = np.concatenate([np.zeros(0, np.int64), *(part.members for part in parts)])
    pieces: dict[int, list[Levels]] = {}
    for part in parts:
        for number, block in part.blocks.items():
            pieces.setdefault(number, []).append(block)
    blocks = {number: np.concatenate(found) for number, found in pieces.items()}
    return MixedImages(classes, blocks, members)


@dataclass(frozen=True)
class ClassCounts:
    """Images of several classes: all classes of the set, and how many images there are of each."""

    classes: tuple[ImageClass, ...]
    counts: tuple[tuple[int, int], ...]

    @property
    def totals(self) -> Ints:
        """How many images there are of each class, int64 (K,)."""
        totals = np.zeros(len(self.classes), np.int64)
        for number, count in self.counts:
            totals[number] = count
        return totals

    def kinds(self, members: Ints) -> list[ImageKind]:
        """What images of these classes are."""
        classes = [self.classes[number] for number in members.tolist()]
        return [ImageKind.of(one.shape, one.levels) for one in classes]


Images = ImageKind | ClassCounts
"""What images are: of one size and number of levels, or of several classes."""
