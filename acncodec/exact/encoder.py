"""The exact encoder: binary images to codes on the latent grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.exact.conv import ExactConv, Pixels, chunks, relu
from acncodec.exact.fixed import Affine

CHUNK = 64


@dataclass(frozen=True, eq=False)
class ExactEncoder:
    """Layers as in `nets.encoder`; `out` ends on the grid, clamped to +-code_reach steps."""

    layers: tuple[ExactConv, ...]
    out: Affine
    code_reach: int

    def codes(self, pixels: Pixels) -> NDArray[np.int64]:
        """pixels: uint8 (N, C, H, W), 0 or 1. Returns codes in grid steps, int64 (N, D)."""
        codes = np.empty((len(pixels), len(self.out.weight)), np.int64)
        for rows in chunks(len(pixels), CHUNK):
            x = pixels[rows].transpose(0, 2, 3, 1).astype(np.float64)
            for layer in self.layers:
                x = relu(layer.apply(x))
            codes[rows] = self.out.apply(x.reshape(len(x), -1), self.code_reach)
        return codes
