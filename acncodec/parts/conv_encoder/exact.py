"""The exact encoder: binary images to codes on the latent grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Affine, Floats
from acncodec.engines.conv import ExactConv, Pixels
from acncodec.run.workers import chunks

CHUNK = 64


@dataclass(frozen=True, eq=False)
class ConvLayers:
    """Convolutions, and a last layer whose outputs end on the grid, clamped to +-code_reach
    steps."""

    layers: tuple[ExactConv, ...]
    out: Affine
    code_reach: int

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that is multiplied in float64."""
        return (*(matrix for layer in self.layers for matrix in layer.matrices), self.out.matrix)

    def macs(self, size: tuple[int, int]) -> int:
        """Multiply-adds to encode one image of `size` (height, width)."""
        total = self.out.weight.size
        for layer in self.layers:
            size = -(-size[0] // layer.stride), -(-size[1] // layer.stride)
            total += layer.macs(size)
        return total


class ExactEncoder(ConvLayers):
    """Layers as in `net`: the last one sees all of the last map."""

    def codes(self, pixels: Pixels, _levels: int = 2) -> NDArray[np.int64]:
        """pixels: uint8 (N, C, H, W), 0 or 1. Returns codes in grid steps, int64 (N, D)."""
        codes = np.empty((len(pixels), len(self.out.weight)), np.int64)
        for rows in chunks(len(pixels), CHUNK):
            x = pixels[rows].transpose(0, 2, 3, 1).astype(np.int16)
            for layer in self.layers:
                x = layer.apply(x, relu=True)
            flat = x.reshape(len(x), -1).astype(np.float64)
            codes[rows] = self.out.apply(flat, self.code_reach)
        return codes
