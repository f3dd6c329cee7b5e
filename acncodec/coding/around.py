"""The values of the pixels around some, as far as they are known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import Ints
from acncodec.contracts.head import Offset
from acncodec.run.compiled import compiled

Pixels = NDArray[Any]


def around(pixels: Pixels, neighbours: tuple[Offset, ...], row: int, columns: range) -> Pixels:
    """The neighbours' values of some pixels of a row, (columns * n, A, C), 0 outside.

    pixels: (n, C, H, W). The columns come one after the other, each with all n images.
    """
    count, channels, _, width = pixels.shape
    shape = len(columns), count, len(neighbours), channels
    out = np.zeros(shape, pixels.dtype)
    for place, (down, right) in enumerate(neighbours):
        seen = range(max(0, columns.start + right), min(width, columns.stop + right))
        if row + down >= 0 and len(seen):
            first = seen.start - right - columns.start
            values = pixels[:, :, row + down, seen.start : seen.stop].transpose(2, 0, 1)
            out[first : first + len(seen), :, place] = values
    return out.reshape(shape[0] * count, *shape[2:])


def offsets_of(neighbours: tuple[Offset, ...]) -> Ints:
    """Offsets as an array: (A, 2), rows and columns."""
    return np.array(neighbours, np.int64).reshape(-1, 2)


def around_place(pixels: Pixels, offsets: Ints, row: int, column: int) -> Ints:
    """As `around` for one column, without leaving compiled code: int64 (n, A, C).

    pixels: (n, C, H, W); offsets: as `offsets_of` makes them.
    """
    out = np.empty((len(pixels), len(offsets), pixels.shape[1]), np.int64)
    if out.size:
        _around_place(pixels, offsets, row, column, out)
    return out


@compiled()
def _around_place(pixels: Any, offsets: Any, row: int, column: int, out: Any) -> None:
    for place in range(len(offsets)):
        down, right = row + offsets[place, 0], column + offsets[place, 1]
        inside = 0 <= down < pixels.shape[2] and 0 <= right < pixels.shape[3]
        for image in range(pixels.shape[0]):
            for channel in range(pixels.shape[1]):
                value = np.int64(0)
                if inside:
                    value = np.int64(pixels[image, channel, down, right])
                out[image, place, channel] = value
