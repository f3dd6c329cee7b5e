"""Whether images of a set have near neighbours: how much the nearest one differs, against noise.

What an image can tell of another ends at their noise: where the nearest image differs by more than
about twice that, to know it saves next to nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.drawn import WINDOW
from acncodec.analysis.nearest import nearest_rows
from acncodec.images import DataSource
from acncodec.images.mixed_source import MixedSource
from acncodec.images.spaced import spaced

ASKED: Final = 128
"""Images whose nearest neighbour is looked for."""
AMONG: Final = 4096
"""Images among which it is looked for, beside those that stand next to one that asks."""
AMONG_BYTES: Final = 1 << 27
BESIDE: Final = (-2, -1, 1, 2)
CLOSE: Final = 8
"""Of the nearest by thumbnail, so many are compared sample by sample."""
PIECE: Final = 256
"""Images whose thumbnails are made at once."""
THUMBNAIL: Final = 8
"""Rows and columns of a thumbnail at the most."""
NEAR: Final = 2.0
"""Neighbours that differ by less than this times the noise are near."""

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


@dataclass(frozen=True)
class Likeness:
    """How alike images are, in levels.

    Attributes:
        images: how many were asked.
        difference: the median of the mean absolute difference to the nearest one.
        noise: the median of the standard deviation of noise; None where images are too small to
            tell.
        equal: the share of them that are there twice.
    """

    images: int
    difference: float
    noise: float | None
    equal: float

    @property
    def is_near(self) -> bool | None:
        """Whether neighbours are near; None where it cannot be told."""
        return None if self.noise is None else self.difference < NEAR * self.noise


def find_likeness(data: DataSource | MixedSource) -> Likeness | None:
    """How alike the images of a set are, of a mixed one those of the class that has most; None
    where there are fewer than two."""
    if isinstance(data, MixedSource):
        number = int(np.bincount(data.members).argmax())
        own = np.flatnonzero(data.members == number)
        if len(own) < 2:
            return None
        rows, asked = _asked(len(own), data.classes[number].image_bytes)
        block = data.take(own[rows]).blocks[number]
        return likeness(block, np.arange(len(rows)), asked)
    if data.count < 2:
        return None
    nbytes = math.prod(data.shape) * (1 if data.levels <= 256 else 2)
    rows, asked = _asked(data.count, nbytes)
    return likeness(data.take(rows), np.arange(len(rows)), asked)


def _asked(count: int, nbytes: int) -> tuple[Ints, Ints]:
    """Which of `count` images are looked at, ascending, and where among them those are that ask."""
    most = max(2, min(AMONG, AMONG_BYTES // nbytes))
    asking = spaced(count, min(ASKED, most))
    beside = (asking[:, None] + np.array(BESIDE)).ravel()
    beside = beside[(beside >= 0) & (beside < count)]
    rows = np.unique(np.concatenate([asking, beside, spaced(count, most)]))
    return rows, np.searchsorted(rows, asking)


def likeness(pixels: Pixels, rows: Ints, asked: Ints) -> Likeness:
    """How alike images are.

    pixels: level indexes (n, C, H, W); rows: those that are looked at, (m,), at least two; asked:
    the places in these of those whose nearest neighbour is looked for.
    """
    pixels = middle(pixels)
    parts = [rows[start : start + PIECE] for start in range(0, len(rows), PIECE)]
    points = np.concatenate([thumbnails(pixels[part]) for part in parts])
    close = nearest_rows(points, asked, min(CLOSE, len(rows) - 1))
    differences = np.empty(len(asked))
    noises = np.empty(len(asked))
    for place, (row, near) in enumerate(zip(asked.tolist(), close, strict=True)):
        own = pixels[rows[row]].astype(np.int64)
        others = pixels[rows[near]].astype(np.int64)
        differences[place] = np.abs(others - own).mean((1, 2, 3)).min()
        noises[place] = noise_of(own)
    noise = float(np.median(noises))
    return Likeness(
        len(asked), float(np.median(differences)), None if math.isnan(noise) else noise,
        float((differences == 0).mean()),
    )  # fmt: skip


def middle(pixels: Pixels) -> Pixels:
    """The middle of images (n, C, H, W), at most `WINDOW` rows and columns."""
    height, width = (min(side, WINDOW) for side in pixels.shape[2:])
    top, left = (pixels.shape[2] - height) // 2, (pixels.shape[3] - width) // 2
    return pixels[:, :, top : top + height, left : left + width]


def thumbnails(pixels: Pixels) -> Ints:
    """Sums of samples in a grid of at most 8 x 8 parts, int64 (n, C * parts)."""
    height, width = pixels.shape[2:]
    rows = _cuts(height)
    columns = _cuts(width)
    sums = np.add.reduceat(pixels.astype(np.int64), rows, axis=2)
    found: Ints = np.add.reduceat(sums, columns, axis=3).reshape(len(pixels), -1)
    return found


def _cuts(side: int) -> Ints:
    parts = min(side, THUMBNAIL)
    return np.arange(parts) * side // parts


def noise_of(image: Ints) -> float:
    """The standard deviation of the noise in an image (C, H, W), or NaN below 3 x 3 pixels.

    J. Immerkaer, Fast Noise Variance Estimation, 1996: what a mask leaves that sees no plane and
    no straight edge. Fine texture counts as noise, which it is to a neighbour.
    """
    height, width = image.shape[1:]
    if min(height, width) < 3:
        return math.nan
    columns = image[..., :-2] - 2 * image[..., 1:-1] + image[..., 2:]
    both = columns[..., :-2, :] - 2 * columns[..., 1:-1, :] + columns[..., 2:, :]
    return float(np.abs(both).mean() * math.sqrt(math.pi / 2) / 6)
