"""The exact map encoder: images to indexes into a codebook.

    x       = planes, C + 1 operands a pixel, as the any-size decoder sees them
    x       = relu(conv(x))                                            for each convolution
    e       = out(x), a vector of E operands at each place of the map
    index   = the k for which the sum of (e - codebook_k)^2 is least

Of several such k the first is taken. Sums of E products of 15-bit operands are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.arithmetic.prepared import Prepared
from acncodec.engines.conv import ExactConv
from acncodec.parts.planes import ONE, plane_operands
from acncodec.run.workers import chunks

Pixels = NDArray[np.integer[Any]]
Ints = NDArray[np.int64]

PIXELS_AT_ONCE: Final = 1 << 16


@dataclass(frozen=True, eq=False)
class ExactMapEncoder(Prepared):
    """Layers as in `net`; codebook: int16 (K, E), at the scale of what `out` gives."""

    layers: tuple[ExactConv, ...]
    out: ExactConv
    codebook: NDArray[np.int16]

    @property
    def code_reach(self) -> int:
        """The greatest index."""
        return len(self.codebook) - 1

    @cached_property
    def vectors(self) -> Floats:
        """The codebook as a matrix of operands, float64 (E, K)."""
        return np.ascontiguousarray(self.codebook.T, np.float64)

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that is multiplied in float64."""
        convolutions = (*self.layers, self.out)
        return (*(matrix for layer in convolutions for matrix in layer.matrices), self.vectors)

    def macs(self, size: tuple[int, int]) -> int:
        """Multiply-adds to encode one image of `size` (height, width)."""
        total = 0
        for layer in self.layers:
            size = -(-size[0] // layer.stride), -(-size[1] // layer.stride)
            total += layer.macs(size)
        return total + self.out.macs(size) + self.codebook.size * size[0] * size[1]

    def codes(self, pixels: Pixels, levels: int = 2) -> Ints:
        """Indexes for level indexes (N, C, H, W) below `levels`, int64 (N, h * w), row by row.

        Raises `FreezeError` but for 2 to 65,536 levels.
        """
        operands = plane_operands(levels)
        norms = (self.vectors**2).sum(0)
        _, channels, height, width = pixels.shape
        found = []
        for rows in chunks(len(pixels), max(1, PIXELS_AT_ONCE // (height * width))):
            x = np.full((len(pixels[rows]), height, width, channels + 1), ONE, np.int16)
            x[..., :channels] = operands[pixels[rows].transpose(0, 2, 3, 1)]
            for layer in self.layers:
                x = layer.apply(x, relu=True)
            given = self.out.apply(x, relu=False).astype(np.float64)
            # |e|^2 is the same for all.
            distances = norms - 2.0 * (given.reshape(-1, given.shape[3]) @ self.vectors)
            found.append(distances.argmin(1).reshape(len(x), -1))
        return np.concatenate(found).astype(np.int64)
