"""What images a model takes; no library is imported for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

Shape = tuple[int, int, int]
"""(channels, height, width)."""


@dataclass(frozen=True)
class ImageKind:
    """What images a model takes. channels: C; levels: values a sample may have, 0 to levels - 1,
    or None where any number is right; size: (height, width), or None where any is right."""

    channels: int
    levels: int | None
    size: tuple[int, int] | None

    @classmethod
    def of(cls, shape: Shape, levels: int) -> Self:
        """Images of one shape (C, H, W) with one number of levels."""
        channels, height, width = shape
        return cls(channels, levels, (height, width))

    def takes(self, shape: Shape, levels: int) -> bool:
        """Whether images of this shape (C, H, W) and number of levels are of this kind."""
        channels, height, width = shape
        return (
            channels == self.channels
            and self.levels in (None, levels)
            and self.size in (None, (height, width))
        )

    @property
    def about(self) -> str:
        """`(1, 28, 28) images of 2 levels`, `images of 3 channel(s), any size and any levels`."""
        if self.size is not None and self.levels is not None:
            return f"{(self.channels, *self.size)} images of {self.levels} levels"
        size = "any size" if self.size is None else "{}x{}".format(*self.size)
        levels = "any levels" if self.levels is None else f"{self.levels} levels"
        return f"images of {self.channels} channel(s), {size} and {levels}"
