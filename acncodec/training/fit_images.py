"""The images that a model is fitted to: what is drawn of them, and which network suits them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from acncodec.container import find_duplicates
from acncodec.contracts.image_kind import Shape
from acncodec.images import DataSet, MixedData
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from acncodec.learning.source import LevelSource, Source
from acncodec.training.choice import WINDOW, choose, choose_for_several
from acncodec.training.chosen import Choice
from acncodec.training.several import kinds_of, largest_kind, mixed_source
from acncodec.training.sources import windowed
from acncodec.training.xz import xz_bytes

TAKEN_WORTH: Final = 2
"""So many times as many weights are worth their bytes where they take images from those stored. A
guess."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FitImages:
    """Different images of one number of channels; alike: whether they are of one class by nature,
    so that each is drawn by itself, and not in groups; taken: whether others are stored, of which a
    better network would take some too, so that more weights are worth their bytes."""

    images: MixedImages
    alike: bool
    taken: bool = False

    @classmethod
    def of(cls, data: DataSet | MixedData) -> Self:
        """Those of a set; where they differ in channels, of the number that most samples have."""
        if not isinstance(data, DataSet):
            return cls(largest_kind(data.images), False)
        first, _ = find_duplicates(data.pixels)
        one = ImageClass.of(data.shape, data.spec.values)
        pixels = data.pixels[first]
        return cls(MixedImages((one,), {0: pixels}, np.zeros(len(pixels), np.int64)), True)

    def only(self, chosen: Flags) -> Self:
        """Those that are chosen, (N,)."""
        return replace(self, images=self.images[np.flatnonzero(chosen)], taken=True)

    @property
    def kinds(self) -> list[tuple[Shape, int]]:
        """Shapes and numbers of levels that there are."""
        return kinds_of(self.images)

    @cached_property
    def by_xz(self) -> int:
        """Bytes that xz makes of them, about."""
        return xz_bytes(self.images.blocks[number] for number, _ in self.images.counts())

    @property
    def xz_bits(self) -> float:
        """Bits a sample that xz takes, about."""
        counts = self.images.counts()
        samples = sum(self.images.classes[number].samples * count for number, count in counts)
        return 8.0 * self.by_xz / samples

    def source(self) -> Source:
        """What is drawn of them."""
        if not self.alike:
            return mixed_source(self.images)
        ((number, _),) = self.images.counts()
        levels = self.images.classes[number].levels
        return windowed(LevelSource(self.images.blocks[number], levels), WINDOW)

    def choose(self, minutes: float, pace: str, here: float | None = None) -> Choice:
        """The network for so many minutes; here: as `training.choice.choose` takes it. Raises
        `TrainingError` where no family has one."""
        kinds, worth = self.kinds, self.by_xz * (TAKEN_WORTH if self.taken else 1)
        if not self.alike:
            return choose_for_several(kinds, 0, minutes, pace, worth, here)
        return choose(*kinds[0], len(self.images), minutes, pace, worth, here)
