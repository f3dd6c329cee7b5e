"""Which levels images have, and the level index of each entry."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.images.spec import COLOURS, ImageSpec, Levels

_PIECE = 256
"""Images are compared channel by channel so many at once: most sets differ in the first."""


class LevelScan:
    """Which levels images of a layout have, told piece by piece.

    Two values, whichever, are two levels: the smaller is level 0. Where there is only one, it is
    one of 0 and 1, or 0 and itself. Of more values the largest says how many levels there are:
    then a level is its value.
    """

    def __init__(self, layout: str) -> None:
        self._layout = layout
        self._few: tuple[int, ...] | None = ()  # the values, while there are at most two
        self._highest = 0
        self._equal = layout != "nhw"

    def add(self, array: NDArray[Any]) -> None:
        """Look at more images: uint8, bool or uint16, axes as the layout says."""
        raw = raw_entries(array)
        if not raw.size:
            return
        low, high = int(raw.min()), int(raw.max())
        self._highest = max(self._highest, high)
        self._add_few(raw, low, high)
        self._compare(to_nchw(raw, self._layout))

    def _add_few(self, raw: NDArray[Any], low: int, high: int) -> None:
        if self._few is None:
            return
        few = tuple(sorted({*self._few, low, high}))
        between = high - low > 1 and not np.all((raw == low) | (raw == high))
        self._few = None if len(few) > 2 or between else few

    def _compare(self, images: NDArray[Any]) -> None:
        """Notice colour channels that differ; images (n, C, H, W)."""
        if images.shape[1] < COLOURS:
            self._equal = False
        for start in range(0, len(images) if self._equal else 0, _PIECE):
            first, *others = images[start : start + _PIECE, :COLOURS].swapaxes(0, 1)
            if not all(np.array_equal(first, other) for other in others):
                self._equal = False
                return

    @property
    def replicated(self) -> int:
        """How many channels, from the first, are equal in all images: 1, or 3."""
        return COLOURS if self._equal and self._few != () else 1

    def values(self) -> tuple[int, ...]:
        """The value of each level."""
        if self._few is None:
            return tuple(range(self._highest + 1))
        if len(self._few) == 2:
            return self._few
        return (0, max(1, *self._few)) if self._few else (0, 1)


def raw_entries(array: NDArray[Any]) -> NDArray[Any]:
    """The entries of images as C-contiguous native integers, a bool as 0 or 1."""
    if array.dtype == np.bool_:
        raw = np.ascontiguousarray(array).view(np.uint8)
        # Pillow's True is the byte 255.
        return (raw != 0).view(np.uint8) if raw.size and int(raw.max()) > 1 else raw
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def to_nchw(array: NDArray[Any], layout: str) -> NDArray[Any]:
    """A view of shape (N, C, H, W)."""
    if layout == "nhw":
        return array[:, np.newaxis]
    return array.transpose(0, 3, 1, 2) if layout == "nhwc" else array


def coded_channels(channels: int, replicated: int) -> int:
    """How many of the channels of an array are coded, where the first `replicated` are equal."""
    return channels - replicated + 1


def level_indexes(images: NDArray[Any], spec: ImageSpec) -> Levels:
    """The level index of each entry of images (N, C, H, W), C-contiguous; of equal channels one.

    The entries are values of `spec`, of its dtype.
    """
    coded = images[:, spec.replicated - 1 :]
    if len(spec.values) == 2 and spec.values != (0, 1):
        return np.ascontiguousarray(raw_entries(coded) == spec.values[1]).view(np.uint8)
    return np.ascontiguousarray(raw_entries(coded), dtype=spec.index_dtype)


def sample_bytes(pixels: Levels) -> NDArray[np.uint8]:
    """The bytes of level indexes (N, ...) as they are sorted and digested, uint8 (N, n): one a
    sample, or of uint16 two, the higher one first. A view where they lie so in memory."""
    flat = np.ascontiguousarray(pixels).reshape(len(pixels), -1 if pixels.size else 0)
    if flat.dtype == np.uint8:
        return flat
    return flat.astype(">u2").view(np.uint8)
