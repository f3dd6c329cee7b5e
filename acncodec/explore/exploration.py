"""What a page shows of some images: where they lie, who is near whom, what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.image_costs import ImageCosts

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Plane:
    """Images as points of a plane.

    name: how they were laid out; points: float32 (N, 2); axes: what each axis is, or none where
    axes mean nothing.
    """

    name: str
    points: NDArray[np.float32]
    axes: tuple[str, str] | None = None


@dataclass(frozen=True, eq=False)
class Near:
    """The nearest other images of each image, by something: rows int64 (N, k), nearest first."""

    name: str
    rows: Ints


@dataclass(frozen=True, eq=False)
class Tour:
    """A tour through the codes: places int64 (N,), each image's on it; solver: who found it."""

    places: Ints
    solver: str


@dataclass(frozen=True)
class Subject:
    """What a page is about, in words.

    data: the set's name; model: the model's; total: images of the set; features: of what the
    planes are, `codes` or `pixels`.
    """

    data: str
    model: str
    total: int
    features: str


@dataclass(frozen=True, eq=False)
class Exploration:
    """Some images of a set and all that a page tells of them.

    pixels: level indexes (N, C, H, W); rows: int64 (N,), where they lie in the set; labels: (N,)
    integers or strings, or none; near: by code, if there are codes, and by pixels; costs and tour:
    none where they were not asked for, or the model has none; notes: what a reader has to know.
    """

    subject: Subject
    pixels: NDArray[Any]
    levels: int
    rows: Ints
    planes: tuple[Plane, ...]
    near: tuple[Near, ...]
    labels: NDArray[Any] | None = None
    costs: ImageCosts | None = None
    tour: Tour | None = None
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """N."""
        return len(self.pixels)
