"""Some images of a set that stand for all of it: spread evenly, large ones cut to a window.

Which ones they are follows from the set alone, so that whoever looks twice sees the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.image_kind import Shape
from acncodec.images import DataSource
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from acncodec.images.mixed_source import MixedSource
from acncodec.images.spaced import spaced
from acncodec.images.spec import Levels

IMAGES: Final = 256
"""Images that are drawn at the most."""
SAMPLES: Final = 1 << 20
"""About so many samples are drawn, of fewer images if they are large: pricing takes seconds."""
WINDOW: Final = 512
"""Of larger images the middle is drawn, of so many rows and columns."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Images that stand for a set.

    Attributes:
        images: level indexes of windows, n of them.
        shapes: of the images that the windows are of, (C, H, W) each.
        count: images of the set, N.
    """

    images: MixedImages
    shapes: tuple[Shape, ...]
    count: int

    @property
    def each(self) -> float:
        """For how many images one stands."""
        return self.count / len(self.images)

    @property
    def weights(self) -> Floats:
        """How often the samples of each window are to be counted, (n,), to be those of the set."""
        windows = [self.images.classes[number].samples for number in self.images.members.tolist()]
        whole = [channels * height * width for channels, height, width in self.shapes]
        found: Floats = self.each * np.array(whole, np.float64) / np.array(windows)
        return found


def draw(data: DataSource | MixedSource, images: int = IMAGES, samples: int = SAMPLES) -> Drawn:
    """Draw from a set of one or more images.

    images, samples: how many there may be, but for the one that there always is.
    """
    if isinstance(data, MixedSource):
        sizes = np.array([windowed(one).samples for one in data.classes], np.float64)
        average = float(sizes[data.members].mean())
        rows = spaced(data.count, _affordable(images, samples, average))
        given = data.take(rows)
        listed, classes = given.listed(), [given.classes[number] for number in given.members]
    else:
        one = ImageClass.of(data.shape, data.spec.values)
        rows = spaced(data.count, _affordable(images, samples, windowed(one).samples))
        listed = list(data.take(rows))
        classes = [one] * len(rows)
    return Drawn(_windows(listed, classes), tuple(one.shape for one in classes), data.count)


def _affordable(images: int, samples: int, size: float) -> int:
    return max(1, min(images, int(samples / size)))


def windowed(one: ImageClass) -> ImageClass:
    """The class of windows of its images."""
    return replace(one, height=min(one.height, WINDOW), width=min(one.width, WINDOW))


def _windows(images: Sequence[Levels], classes: Sequence[ImageClass]) -> MixedImages:
    smaller = [windowed(one) for one in classes]
    table = tuple(sorted(set(smaller)))
    places = {one: number for number, one in enumerate(table)}
    members = np.array([places[one] for one in smaller], np.int64)
    cut = []
    for image, one in zip(images, smaller, strict=True):
        top, left = (image.shape[1] - one.height) // 2, (image.shape[2] - one.width) // 2
        cut.append(image[:, top : top + one.height, left : left + one.width])
    return MixedImages.of_list(table, members, cut)
