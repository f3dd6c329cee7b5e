"""For each image the nearest ones before it: the context of its labels.

Both sides have all images, in the order in which they are written, before a label is coded. So
the context needs no schedule, and is the same for every ordering. Codes choose, pixels refine: of
the nearest codes those images stay that are nearest when pixels count too. All distances are
integers, so that both sides find the same neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.run.compiled import compiled

Ints = NDArray[np.int64]

POOL: Final = 1 << 14
"""How far back neighbours are looked for: the time stays linear in the number of images."""
CANDIDATES: Final = 64
NEIGHBOURS: Final = 16
WEIGHT_BITS: Final = 16

_ROWS = 256  # between two chances for an interrupt to be heard


@dataclass(frozen=True, eq=False)
class Neighbours:
    """indexes: int64 (N, 16), images before each image, the nearest first, -1 where there are no
    more; weights: int64 (N, 16), their votes, at most 2^14, 0 where there is no neighbour."""

    indexes: Ints
    weights: Ints


@compiled()
def _find(
    codes: Any, pixels: Any, pixel_weight: int, scale: int, start: int, indexes: Any, distances: Any
) -> None:
    """Fill the rows of `indexes` and `distances` (n, 16); the first is that of image `start`."""
    near = np.empty(CANDIDATES, np.int64)
    square = np.empty(CANDIDATES, np.int64)
    for row in range(len(indexes)):
        image = start + row
        found = 0
        for other in range(max(0, image - POOL), image):
            distance = np.int64(0)
            for d in range(codes.shape[1]):
                difference = np.int64(codes[image, d] - codes[other, d])
                distance += difference * difference
            if found == CANDIDATES and distance >= square[found - 1]:
                continue
            place = found if found < CANDIDATES else found - 1
            while place > 0 and square[place - 1] > distance:
                square[place], near[place] = square[place - 1], near[place - 1]
                place -= 1
            square[place], near[place] = distance, other
            found = min(found + 1, CANDIDATES)
        kept = 0
        for candidate in range(found):
            other = near[candidate]
            changed = np.int64(0)
            for p in range(pixels.shape[1]):
                step = np.int64(pixels[image, p]) - np.int64(pixels[other, p])
                changed += step * step
            distance = square[candidate] + pixel_weight * changed // scale
            place = kept
            while place > 0 and (
                distances[row, place - 1] > distance
                or (distances[row, place - 1] == distance and indexes[row, place - 1] > other)
            ):
                if place < NEIGHBOURS:
                    distances[row, place] = distances[row, place - 1]
                    indexes[row, place] = indexes[row, place - 1]
                place -= 1
            if place < NEIGHBOURS:
                distances[row, place], indexes[row, place] = distance, other
                kept = min(kept + 1, NEIGHBOURS)


def earlier_neighbours(
    codes: Ints, pixels: NDArray[Any], levels: int, pixel_weight: int
) -> Neighbours:
    """The 16 nearest images before each image, and what their labels weigh.

    Of the 64 nearest codes among the 2^14 images before it (squared distance) an image keeps the
    16 with the smallest |c - c'|^2 + floor(pixel_weight |x - x'|^2 / (levels - 1)^2). Ties go to
    the lower index. A weight falls with the fourth power of the distance and with the rank.

    codes: int64 (N, D) in grid steps; pixels: level indexes (N, C, H, W).
    """
    count = len(codes)
    narrow = codes.astype(np.int32)
    flat = np.ascontiguousarray(pixels).reshape(count, -1) if count else np.zeros((0, 1), np.uint8)
    indexes = np.full((count, NEIGHBOURS), -1, np.int64)
    distances = np.zeros((count, NEIGHBOURS), np.int64)
    for start in range(0, count, _ROWS):
        rows = slice(start, start + _ROWS)
        scale = (levels - 1) ** 2
        _find(narrow, flat, pixel_weight, scale, start, indexes[rows], distances[rows])
    share = ((distances[:, :1] + 1) << WEIGHT_BITS) // (distances + 1)
    for _ in range(2):
        share = (share * share) >> WEIGHT_BITS
    weights = share // (4 + np.arange(NEIGHBOURS))
    return Neighbours(indexes, np.where(indexes < 0, 0, weights))
