"""Training images of several sizes and numbers of levels, in groups that are drawn together.

Of a group all images have one number of levels, and sizes that are alike: each draw cuts windows of
one size out of them. What lies outside counts as outside the image, as in `WindowSource`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acncodec.errors import TrainingError
from acncodec.learning.source import Places, windows

Image = NDArray[Any]

STEPS_AN_OCTAVE: Final = 3
"""Heights within one of so many parts of a factor of two may share a group."""
GOLDEN: Final = (math.sqrt(5) - 1) / 2
"""Multiples of it, less whole numbers, are spread evenly however many there are."""


@dataclass(frozen=True, eq=False)
class _Group:
    """Images (C, H, W) of one number of levels, and the window that all of them have."""

    levels: int
    images: tuple[Image, ...]
    window: tuple[int, int]


class GroupedSource:
    """Images of one number of channels, of several sizes and numbers of levels, a `Source`.

    A row is a window's worth of an image: a large image has several. Whatever rows are asked for,
    the whole group of the first of them is drawn; so a batch is a single row, and each group comes
    as often as it has rows.

    Args:
        images: (levels, level indexes (C, H, W), uint8 or uint16).
        window: the longest side of what is drawn.
        pixels: of a batch at the most, but that a group has at least `least` windows if it can.
        most, least: windows of a group.
    """

    is_binary = False
    labels = None

    def __init__(
        self, images: Sequence[tuple[int, Image]], *, window: int, pixels: int, most: int,
        least: int,
    ) -> None:  # fmt: skip
        if not images or len({image.shape[0] for _, image in images}) != 1:
            raise TrainingError("training needs images, all of one number of channels")
        for levels, image in images:
            if not image.size or int(image.max()) >= levels:
                raise TrainingError(f"no image of {levels} levels")
        self._images = tuple(images)
        self._groups = tuple(_groups(images, window, pixels, most, least))
        self._of_row = np.repeat(
            np.arange(len(self._groups)), [len(group.images) for group in self._groups]
        )
        sides = np.array([group.window for group in self._groups])
        height, width = sides.max(0).tolist()
        self.shape = int(images[0][1].shape[0]), int(height), int(width)
        self.levels = max(levels for levels, _ in images)
        samples = sum(image.size for _, image in images)
        self.draws = samples / float(np.mean(sides.prod(1)[self._of_row]) * self.shape[0])

    def __len__(self) -> int:
        return len(self._of_row)

    @property
    def images(self) -> int:
        """How many images there are."""
        return len(self._images)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all images: number of levels, shape and level indexes of each."""
        digest = hashlib.sha256()
        for levels, image in self._images:
            digest.update(f"{levels} {image.shape} {image.dtype.name}\n".encode())
            digest.update(np.ascontiguousarray(image).data)
        return digest.hexdigest()

    def levels_of(self, index: Tensor) -> int:
        """The number of levels of what is drawn for the rows `index`."""
        return self._group(index).levels

    def draw(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Windows of the group of the first of the rows `index`, float32 (n, C, H, W)."""
        group = self._group(index)
        height, width = group.window
        found = []
        for image in group.images:
            _, rows, columns = image.shape
            top = int(torch.randint(rows - height + 1, (1,), generator=generator))
            left = int(torch.randint(columns - width + 1, (1,), generator=generator))
            found.append(image[:, top : top + height, left : left + width])
        return torch.from_numpy(np.stack(found).astype(np.float32))

    def cut(self, index: Tensor, places: Places, generator: torch.Generator) -> Tensor:
        """Windows of what is drawn, float32 (n, C, height, width)."""
        return windows(self.draw(index, generator), places)

    def parts(self) -> Iterator[Tensor]:
        """A row of each group; the first of them are spread over all."""
        rows = np.unique(self._of_row, return_index=True)[1]
        for place in np.argsort(np.arange(len(rows)) * GOLDEN % 1.0, kind="stable"):
            yield torch.tensor([int(rows[place])])

    def _group(self, index: Tensor) -> _Group:
        return self._groups[int(self._of_row[int(index[0])])]


def _groups(
    images: Sequence[tuple[int, Image]], window: int, pixels: int, most: int, least: int
) -> Iterator[_Group]:
    """Images that go together, each as often as it has windows."""

    def key(entry: tuple[int, Image]) -> tuple[int, int, int]:
        levels, image = entry
        height, width = (min(side, window) for side in image.shape[1:])
        return levels, round(STEPS_AN_OCTAVE * math.log2(height)), width

    ordered = sorted(images, key=key)
    for levels, alike in groupby(ordered, key=lambda entry: entry[0]):
        rows = [image for _, image in alike for _ in range(_windows(image, window))]
        while rows:
            height, width = (min(side, window) for side in rows[-1].shape[1:])
            size = max(least, min(most, pixels // (height * width)))
            rows, taken = rows[:-size], rows[-size:]
            sides = np.array([image.shape[1:] for image in taken]).min(0).tolist()
            yield _Group(levels, tuple(taken), (min(sides[0], window), min(sides[1], window)))


def _windows(image: Image, window: int) -> int:
    """How many windows have about as many pixels as an image."""
    sides = [max(1.0, side / window) for side in image.shape[1:]]
    return int(max(1, round(math.prod(sides))))
