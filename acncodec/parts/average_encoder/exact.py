"""The exact any-size encoder: images of any size and levels to codes on the latent grid.

    x       = planes, C + 1 operands a pixel, as the any-size decoder sees them
    x       = relu(conv(x))                                            for each convolution
    a_f     = min((2 (s_f << average_lift) + n) // (2 n), OPERAND_MAX)
    code    = out(a), clamped to +-code_reach

s_f is the sum of feature f over all n places of the last map, a_f their average at a finer scale,
rounded to the nearest integer, halves upwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.parts.conv_encoder.exact import ConvLayers
from acncodec.parts.planes import ONE, plane_operands
from acncodec.run.workers import chunks

Pixels = NDArray[np.integer[Any]]
Ints = NDArray[np.int64]

MOST_LIFT: Final = 14
"""Of averages. A sum over 2^32 places is below 2^46, and lifted and doubled below 2^61."""
PIXELS_AT_ONCE: Final = 1 << 16


@dataclass(frozen=True, eq=False)
class ExactAverageEncoder(ConvLayers):
    """Layers as in `net`; averages are lifted by `average_lift` bits."""

    average_lift: int

    def codes(self, pixels: Pixels, levels: int) -> Ints:
        """Codes of level indexes (N, C, H, W) below `levels`, in grid steps, int64 (N, D).

        Raises `FreezeError` but for 2 to 65,536 levels.
        """
        operands = plane_operands(levels)
        codes = np.empty((len(pixels), len(self.out.weight)), np.int64)
        _, channels, height, width = pixels.shape
        for rows in chunks(len(pixels), max(1, PIXELS_AT_ONCE // (height * width))):
            x = np.full((len(pixels[rows]), height, width, channels + 1), ONE, np.int16)
            x[..., :channels] = operands[pixels[rows].transpose(0, 2, 3, 1)]
            for layer in self.layers:
                x = layer.apply(x, relu=True)
            codes[rows] = self.out.apply(self.average(x).astype(np.float64), self.code_reach)
        return codes

    def average(self, x: NDArray[np.int16]) -> Ints:
        """Averages over all places of features (n, H', W', F), none negative: operands (n, F)."""
        places = x.shape[1] * x.shape[2]
        sums = x.sum((1, 2), dtype=np.int64) << self.average_lift
        averages: Ints = np.minimum((2 * sums + places) // (2 * places), OPERAND_MAX)
        return averages
