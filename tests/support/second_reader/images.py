"""Part of `second_reader`: images as their bytes, and what kinds of them there are (1, 3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from second_reader.fields import need


class Image(NamedTuple):
    """One image; they sort in canonical order (11.5)."""

    content: bytes
    """The bytes of its level indexes; in a mixed set levels, shape and class come before (3.1)."""
    kind: int
    """The number of its kind among those of the archive."""


@dataclass(frozen=True)
class Kind:
    """Images of one shape and level map: all of an ordinary archive, or a class of a mixed set."""

    levels: int
    channels: int
    height: int
    width: int
    values: Sequence[int]
    number: int | None = None
    """Of a class of a mixed set."""

    @property
    def mixed(self) -> bool:
        return self.number is not None

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width

    def samples(self, equal: int) -> int:
        """Entries of an image that is given back, whose first channel comes `equal` times."""
        return (self.channels + equal - 1) * self.height * self.width

    @property
    def sample(self) -> str:
        """The dtype of a level index: one byte, or two with the higher first."""
        return "u1" if self.levels <= 256 else ">u2"

    @property
    def size(self) -> int:
        """Bytes of an image's level indexes."""
        return math.prod(self.shape) * np.dtype(self.sample).itemsize

    def content(self, indexes: np.ndarray) -> bytes:
        """The bytes of an image, from its level indexes (C, H, W)."""
        head = [] if self.number is None else [self.levels, *self.shape, self.number]
        return np.array(head, ">u4").tobytes() + indexes.astype(self.sample).tobytes()

    def indexes(self, content: bytes) -> np.ndarray:
        """The level indexes (C, H, W) of an image, from its bytes."""
        return np.frombuffer(content[-self.size :], self.sample).reshape(self.shape)


DTYPES = {"uint8": "u1", "bool": "?", "uint16": "<u2", ">u2": ">u2"}
LARGEST = {"uint8": 255, "bool": 1, "uint16": 65_535, ">u2": 65_535}


def parse_levels(levels: Any, dtype: str, inverted: bool = False) -> Sequence[int]:
    """A level map, which may stand as a number L for 0 .. L - 1; whether two may descend."""
    if type(levels) is int:
        need(2 <= levels <= 65_536, "header: number of levels")
        levels = list(range(levels))
    need(type(levels) is list and 2 <= len(levels) <= 65_536, "header: level map")
    need(all(type(v) is int and v >= 0 for v in levels), "header: level map")
    ascending = sorted(set(levels))
    descends = inverted and len(ascending) == 2 and levels == ascending[::-1]
    need(levels == ascending or descends, "header: the level map does not ascend")
    need(ascending[-1] <= LARGEST[dtype], "header: a level that the dtype has not")
    return levels


def parse_shape(shape: Any) -> tuple[int, int, int]:
    need(type(shape) is list and [type(n) for n in shape] == [int] * 3, "header: shape")
    channels, height, width = shape
    need(1 <= channels <= 4, "header: channels")
    need(1 <= height <= 65_535 and 1 <= width <= 65_535, "header: shape")
    return channels, height, width
