"""What came of reading an archive: what it holds, how much was decoded, and images one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from acncodec.codec.written import Data
from acncodec.container import Header, MixedHeader
from acncodec.images import DataSet, SideArray
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages


@dataclass(frozen=True)
class Contents:
    """What an archive holds: how many images, their shape (C, H, W), or None where there are
    several, how many other arrays, and how many shapes."""

    images: int
    shape: tuple[int, int, int] | None
    arrays: int
    shapes: int = 1

    @classmethod
    def of(cls, data: Data) -> Contents:
        """What a data set holds."""
        if isinstance(data, DataSet):
            return cls(data.count, data.shape, len(data.side))
        return cls.of_classes(data.count, data.classes, len(data.side))

    @classmethod
    def of_classes(cls, count: int, classes: tuple[ImageClass, ...], arrays: int) -> Contents:
        """What a set of several classes holds."""
        shapes = {one.shape for one in classes}
        only = next(iter(shapes)) if len(shapes) == 1 else None
        return cls(count, only, arrays, len(shapes))


@dataclass(frozen=True)
class ShardPart:
    """How much of a shard was decoded: `decoded` of its `distinct` images.

    Its digest is over all of them: if some are missing, only the CRC-32 of its section was checked.
    """

    shard: int
    decoded: int
    distinct: int

    @property
    def is_verified(self) -> bool:
        """Whether its digest was compared."""
        return self.decoded == self.distinct


@dataclass(frozen=True, eq=False)
class Decoding:
    """A set of one shape that is being decoded: `parts` are the images of one shard after the
    other, (n, C, H, W), each checked by its digest."""

    header: Header
    side: tuple[SideArray, ...]
    parts: Iterator[NDArray[Any]]

    @property
    def contents(self) -> Contents:
        """What is in it."""
        return Contents(self.header.count, self.header.shape, len(self.side))


@dataclass(frozen=True, eq=False)
class MixedDecoding:
    """A mixed set that is being decoded: `parts` are the images of one shard after the other, none
    of them inverted, each checked by its digests; classes: of all of them."""

    header: MixedHeader
    side: tuple[SideArray, ...]
    classes: tuple[ImageClass, ...]
    parts: Iterator[MixedImages]

    @property
    def contents(self) -> Contents:
        """What is in it."""
        return Contents.of_classes(self.header.count, self.classes, len(self.side))
