"""The values of the pixels around some, as far as they are known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import Ints
from acncodec.contracts.head import Offset
from acncodec.run.compiled import compiled

Pixels = NDArray[Any]


def offsets_of(neighbours: tuple[Offset, ...]) -> Ints:
    """Offsets as an array: int64 (A, 2), rows and columns."""
    return np.array(neighbours, np.int64).reshape(-1, 2)


def around(pixels: Pixels, offsets: Ints, row: int, columns: range) -> Ints:
    """The neighbours' values of some pixels of a row, int64 (columns * n, A, C), 0 outside.

    pixels: (n, C, H, W); offsets: as `offsets_of` makes them; columns: one after the other, each
    with all n images.
    """
    count, channels = pixels.shape[:2]
    out = np.empty((len(columns), count, len(offsets), channels), np.int64)
    if out.size:
        gather(pixels, np.arange(count), offsets, row, columns.start, out)
    return out.reshape(len(columns) * count, len(offsets), channels)


@compiled()
def gather(pixels: Any, images: Any, offsets: Any, row: int, first: int, out: Any) -> None:
    """`around`, of images (m,) of those that there are, for the columns from `first` on that out,
    int64 (columns, m, A, C), has room for."""
    for column in range(out.shape[0]):
        for place in range(len(offsets)):
            down, right = row + offsets[place, 0], first + column + offsets[place, 1]
            inside = 0 <= down < pixels.shape[2] and 0 <= right < pixels.shape[3]
            for i in range(len(images)):
                for channel in range(pixels.shape[1]):
                    value = np.int64(0)
                    if inside:
                        value = np.int64(pixels[images[i], channel, down, right])
                    out[column, i, place, channel] = value
