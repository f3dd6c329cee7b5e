"""The layers of an exact PixelCNN, whatever arithmetic carries them out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Affine
from acncodec.arithmetic.prepared import Prepared
from acncodec.parts.conditioner.exact import ExactConditioner

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExactBlock:
    """One gated block. Input orders: vertical (column, row, F), then S; horizontal
    (column, F), then S, then the vertical stack's F; residual F."""

    vertical: Affine
    horizontal: Affine
    residual: Affine


@dataclass(frozen=True, eq=False)
class PixelLayers(Prepared):
    """All integers of r(x|z). `vertical_scales` and `horizontal_scales` have L + 1 entries.

    Without a conditioner nothing depends on z, which has no dimensions then.
    """

    conditioner: ExactConditioner | None
    vertical_in: Affine
    horizontal_in: Affine
    blocks: tuple[ExactBlock, ...]
    vertical_scales: tuple[int, ...]
    horizontal_scales: tuple[int, ...]
    head: Affine
    logit: Affine
    height: int
    width: int
    kernel: tuple[int, int]
    horizontal_kernel: int
    input_kernel: tuple[int, int]
    input_horizontal_kernel: int

    @property
    def condition_channels(self) -> int:
        """Channels S of the conditioner's feature map."""
        return 0 if self.conditioner is None else len(self.conditioner.out.affine.weight)

    @property
    def macs(self) -> int:
        """Multiply-adds to decode one image."""
        layers = [self.vertical_in, self.horizontal_in, self.head, self.logit]
        for block in self.blocks:
            layers += [block.vertical, block.horizontal, block.residual]
        total = self.height * self.width * sum(layer.weight.size for layer in layers)
        return total + (0 if self.conditioner is None else self.conditioner.macs)

    def condition(self, z: Ints) -> NDArray[np.int16]:
        """The feature maps of latents z (n, D): operands int16 (n, H, W, S)."""
        if self.conditioner is None:
            return np.zeros((len(z), self.height, self.width, 0), np.int16)
        return self.conditioner.features(z)


def gate_bias(affine: Affine) -> Ints:
    """Biases with rounding added: the second half of the outputs is shifted by one more."""
    bias = affine.bias.copy()
    half = len(bias) // 2
    bias[:half] += (1 << affine.shift) >> 1
    bias[half:] += 1 << affine.shift
    return bias
