"""Classes of images by name and colour."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.figures.style import CLASSES, hexadecimal

LIGHTNESS = (0.42, 0.64)
"""Of more classes than ten, whose neighbours in the circle of hues differ in lightness too."""
SATURATION = 0.65


@dataclass(frozen=True, eq=False)
class Classes:
    """names, colours: of each class (`#rrggbb`), in the order of classes; of: int64 (N,), the class
    of each image."""

    names: tuple[str, ...]
    colours: tuple[str, ...]
    of: NDArray[np.int64]


def classes_of(labels: NDArray[Any]) -> Classes:
    """The classes of labels (N,), integers or strings."""
    names, of = np.unique(labels, return_inverse=True)
    return Classes(tuple(map(_text, names.tolist())), _colours(len(names)), of.astype(np.int64))


def _text(name: object) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def _colours(count: int) -> tuple[str, ...]:
    """Those of the figures for up to ten classes, else around the circle of hues."""
    if count <= len(CLASSES):
        return CLASSES[:count]
    rings = (
        colorsys.hls_to_rgb(index / count, LIGHTNESS[index % len(LIGHTNESS)], SATURATION)
        for index in range(count)
    )
    return tuple(hexadecimal((round(255 * r), round(255 * g), round(255 * b))) for r, g, b in rings)
