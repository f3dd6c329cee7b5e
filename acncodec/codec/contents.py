"""What came of reading an archive: what it holds, how much was decoded, and images one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from acncodec.codec.written import Data
from acncodec.container import Header
from acncodec.images import DataSet, SideArray


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
        shapes = {one.shape for one in data.images.classes}
        only = next(iter(shapes)) if len(shapes) == 1 else None
        return cls(data.count, only, len(data.side), len(shapes))


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
