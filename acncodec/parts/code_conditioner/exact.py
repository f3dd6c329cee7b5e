"""The exact conditioner of maps of codes: a row of a table at each place, then convolutions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.engines.conv import ExactConv

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExactCodeConditioner:
    """Indexes to the feature map s. table: int16 (K, T), operands that are not negative: what the
    first layer of `net` makes of each vector of the codebook; sizes: of the maps."""

    table: NDArray[np.int16]
    middle: ExactConv
    out: ExactConv
    sizes: tuple[tuple[int, int], ...]

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that is multiplied in float64."""
        return (*self.middle.matrices, *self.out.matrices)

    @property
    def macs(self) -> int:
        """Multiply-adds of one image."""
        return self.middle.macs(self.sizes[1]) + self.out.macs(self.sizes[2])

    def features(self, z: Ints) -> NDArray[np.int16]:
        """z: (n, h * w) indexes, row by row. Returns operands int16 (n, H, W, S)."""
        x = self.table[z].reshape(len(z), *self.sizes[0], -1)
        return self.out.apply(self.middle.apply(x, True, self.sizes[1]), False, self.sizes[2])
