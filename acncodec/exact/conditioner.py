"""The exact conditioner: a latent to a feature map of the image's size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.exact.conv import ExactConv, double, relu
from acncodec.exact.fixed import Affine

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExactConditioner:
    """z to the feature map s, as in `nets.pixelcnn.Conditioner`."""

    linear: Affine
    middle: ExactConv
    out: ExactConv
    sizes: tuple[tuple[int, int], ...]
    latent_lift: int

    @property
    def layers(self) -> tuple[Affine, ...]:
        """Every layer."""
        return self.linear, self.middle.affine, self.out.affine

    @property
    def macs(self) -> int:
        """Multiply-adds of one image."""
        maps = zip((self.middle, self.out), self.sizes[1:], strict=True)
        return self.linear.weight.size + sum(conv.macs(size) for conv, size in maps)

    def features(self, z: Ints) -> NDArray[np.int16]:
        """z: (n, D) in grid steps. Returns operands int16 (n, H, W, S)."""
        x = relu(self.linear.apply(z.astype(np.float64) * 2.0**self.latent_lift))
        height, width = self.sizes[0]
        x = np.ascontiguousarray(x.reshape(len(z), -1, height, width).transpose(0, 2, 3, 1))
        x = relu(self.middle.apply(double(x, self.sizes[1])))
        return self.out.apply(double(x, self.sizes[2])).astype(np.int16)
