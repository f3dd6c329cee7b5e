"""The class of an image in a set of several: its shape and its level map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np

from acncodec.errors import DataError
from acncodec.images.spec import MAX_CHANNELS, MAX_LEVELS

MAX_SIDE: Final = (1 << 16) - 1
MAX_CLASSES: Final = 1 << 16


@dataclass(frozen=True, order=True)
class ImageClass:
    """What some images of a set have in common; classes sort as docs/FORMAT.md, 3.1 says.

    levels: L; channels, height, width: of an image; values: the level map, L ascending integers (of
    two levels they may descend: the images are inverted), or () where it is 0 .. L - 1. Raises
    `DataError` where a number is out of its range.
    """

    levels: int
    channels: int
    height: int
    width: int
    values: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for number, lowest, highest in (
            (self.levels, 2, MAX_LEVELS), (self.channels, 1, MAX_CHANNELS),
            (self.height, 1, MAX_SIDE), (self.width, 1, MAX_SIDE),
        ):  # fmt: skip
            if type(number) is not int or not lowest <= number <= highest:
                raise DataError(
                    "a class of images has 2 to 65,536 levels, 1 to 4 channels and sides of 1 to "
                    f"65,535, not {(self.levels, *self.shape)}"
                )
        if self.values and len(self.values) != self.levels:
            raise DataError(f"a level map of {len(self.values)} values for {self.levels} levels")
        ascending = all(before < after for before, after in pairwise(self.values))
        if not ascending and not self.is_inverted:
            raise DataError("the level map of a class must ascend")

    @classmethod
    def of(cls, shape: tuple[int, int, int], values: Sequence[int]) -> Self:
        """That of images of a shape (C, H, W) whose level map is `values`."""
        identity = values[0] == 0 and values[-1] == len(values) - 1
        return cls(len(values), *shape, () if identity else tuple(values))

    @property
    def is_inverted(self) -> bool:
        """Whether level 0 is the higher one of two values."""
        return len(self.values) == 2 and self.values[0] > self.values[1]

    @property
    def inverted(self) -> Self:
        """The class of the same images of two levels with the levels exchanged."""
        return self.of_map((self.map[1], self.map[0]))

    def of_map(self, values: Sequence[int]) -> Self:
        """Images of this shape with another level map."""
        return type(self).of(self.shape, values)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.height, self.width

    @property
    def samples(self) -> int:
        """Samples of an image: C H W."""
        return self.channels * self.height * self.width

    @property
    def index_dtype(self) -> np.dtype[Any]:
        """The dtype of level indexes: uint8, or native uint16 for more than 256 levels."""
        return np.dtype(np.uint8 if self.levels <= 256 else np.uint16)

    @property
    def image_bytes(self) -> int:
        """Bytes of an image's level indexes."""
        return self.samples * self.index_dtype.itemsize

    @property
    def packed_bits(self) -> int:
        """Bits of an image packed at ceil(log2 L) bits a sample."""
        return self.samples * (self.levels - 1).bit_length()

    @property
    def map(self) -> Sequence[int]:
        """The value of each level index."""
        return self.values or range(self.levels)


def one_shape(classes: Iterable[ImageClass]) -> bool:
    """Whether all classes have the same shape: then the images are one array."""
    return len({one.shape for one in classes}) <= 1
