"""The exact conditioner: a latent to a feature map of the image's size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Affine, Floats
from acncodec.engines.conv import ExactConv, relu

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExactConditioner:
    """z to the feature map s, as in `net.Conditioner`."""

    linear: Affine
    middle: ExactConv
    out: ExactConv
    sizes: tuple[tuple[int, int], ...]
    latent_lift: int

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that is multiplied in float64."""
        return (self.linear.matrix, *self.middle.matrices, *self.out.matrices)

    @property
    def macs(self) -> int:
        """Multiply-adds of one image."""
        maps = zip((self.middle, self.out), self.sizes[1:], strict=True)
        return self.linear.weight.size + sum(conv.macs(size) for conv, size in maps)

    def features(self, z: Ints) -> NDArray[np.int16]:
        """z: (n, D) in grid steps. Returns operands int16 (n, H, W, S)."""
        x = relu(self.linear.apply(z.astype(np.float64) * 2.0**self.latent_lift))
        x = x.reshape(len(z), -1, *self.sizes[0]).transpose(0, 2, 3, 1)
        operands = np.ascontiguousarray(x, np.int16)
        return self.out.apply(
            self.middle.apply(operands, True, self.sizes[1]), False, self.sizes[2]
        )
