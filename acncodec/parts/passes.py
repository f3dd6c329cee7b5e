"""Passes through pixel networks: known pixels at once, and images of one size among others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.pixel_network import PixelPass
from acncodec.errors import CoderError

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


def score_rows(run: PixelPass, pixels: Pixels) -> Ints:
    """Outputs for known pixels (n, C, H, W) by a pass that has just begun, int64 (H, W, n, O)."""
    height, width = pixels.shape[2:]
    found = []
    for row in range(height):
        run.begin_row(row)
        run.put(row, 0, width, pixels[:, :, row])
        found.append(run.outputs(row, 0, width))
    return np.stack(found)


@dataclass(frozen=True, eq=False)
class AlikePass:
    """A pass of `count` images of one size as a `RaggedPass`: they all have every column, and end
    together."""

    run: PixelPass
    count: int

    def begin_row(self, row: int) -> None:
        """As that of the pass."""
        self.run.begin_row(row)

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """As that of the pass."""
        self.run.put(row, start, stop, values)

    def outputs(self, row: int, start: int, stop: int, count: int) -> Ints:
        """As that of the pass. Raises `CoderError` for some of the images alone."""
        self._check(count)
        return self.run.outputs(row, start, stop)

    def trim(self, row: int, starts: Ints, stops: Ints) -> None:
        """Nothing: every image has every column. Raises `CoderError` where one would lose some."""
        if bool((starts < stops).any()):
            raise CoderError(f"images of one size lose columns of row {row}")

    def keep(self, rows: Ints) -> None:
        """Nothing: no image has ended. Raises `CoderError` for some of the images alone."""
        self._check(len(rows))

    def _check(self, count: int) -> None:
        if count != self.count:
            raise CoderError(f"{count} of {self.count} images of one size go on alone")
