"""Images of another source, drawn in a way of its own: in windows, mirrored."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator

import torch
from torch import Tensor

from acncodec.learning.source import Places, Source, windows


class OfImages(ABC):
    """The images of another source, drawn in a way of its own; all else is as theirs."""

    is_binary = False

    def __init__(self, images: Source) -> None:
        self._images, self.levels = images, images.levels

    def __len__(self) -> int:
        return len(self._images)

    @property
    def labels(self) -> Tensor | None:
        """Those of the images."""
        return self._images.labels

    @property
    def digest(self) -> str:
        """That of the images."""
        return self._images.digest

    def levels_of(self, index: Tensor) -> int:
        """That of the images."""
        return self._images.levels_of(index)

    def parts(self) -> Iterator[Tensor]:
        """Those of the images."""
        return self._images.parts()

    @abstractmethod
    def draw(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Level indexes, float32 (n, C, H, W), for the rows `index`."""

    def cut(self, index: Tensor, places: Places, generator: torch.Generator) -> Tensor:
        """Windows of what is drawn, float32 (n, C, height, width)."""
        return windows(self.draw(index, generator), places)


class WindowSource(OfImages):
    """Windows of large images: each draw cuts one of (height, width) at random out of an image, or
    takes the whole of a side that is no longer. What lies outside counts as outside the image."""

    def __init__(self, images: Source, height: int, width: int) -> None:
        super().__init__(images)
        channels, rows, columns = images.shape
        self.shape = channels, min(height, rows), min(width, columns)

    @property
    def draws(self) -> float:
        """One a window's pixels."""
        return len(self) * math.prod(self._images.shape) / math.prod(self.shape)

    def draw(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Level indexes, float32 (n, C, height, width), for the rows `index`."""
        (_, height, width), (_, rows, columns) = self.shape, self._images.shape
        tops = torch.randint(rows - height + 1, (len(index),), generator=generator).tolist()
        lefts = torch.randint(columns - width + 1, (len(index),), generator=generator).tolist()
        places = [
            (slice(top, top + height), slice(left, left + width))
            for top, left in zip(tops, lefts, strict=True)
        ]
        return self._images.cut(index, places, generator)


class MirroredSource(OfImages):
    """Images of which each draw exchanges left and right in about half."""

    def __init__(self, images: Source) -> None:
        super().__init__(images)
        self.shape, self.draws = images.shape, images.draws

    def draw(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Level indexes, float32 (n, C, H, W), for the rows `index`."""
        drawn = self._images.draw(index, generator)
        turned = torch.rand(len(drawn), generator=generator) < 0.5
        return torch.where(turned[:, None, None, None], drawn.flip(3), drawn)
