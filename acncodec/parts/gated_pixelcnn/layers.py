"""The layers of an exact PixelCNN, whatever arithmetic carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import ACCUMULATOR_LIMIT, Affine, Floats
from acncodec.arithmetic.prepared import Prepared
from acncodec.arithmetic.tables import LOGIT_REACH
from acncodec.engines.conv import ExactConv
from acncodec.parts.outputs import OutputGroup, check_outputs
from acncodec.parts.planes import plane_rows

Ints = NDArray[np.int64]
Pixels = NDArray[np.integer[Any]]

BINARY_PLANES = 1
"""What is seen of a binary image: its level indexes, 0 and 1, as they are. Of images of any number
of levels the planes of `parts.planes` are seen, of which there are more."""


class FeatureMaps(Protocol):
    """A conditioner of whatever kind: latents to feature maps of the images' size."""

    @property
    def out(self) -> ExactConv:
        """The last layer."""
        ...

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that is multiplied in float64."""
        ...

    @property
    def macs(self) -> int:
        """Multiply-adds of one image."""
        ...

    def features(self, z: Ints, /) -> NDArray[np.int16]:
        """Latents z (n, D) to operands int16 (n, H, W, S)."""
        ...


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

    Input orders of the first layers: vertical (row, column, plane), horizontal (column, plane).
    outputs: groups in the order of the head's outputs; of binary images one, the logit. Without a
    conditioner nothing depends on z, which has no dimensions then.

    Raises `FreezeError` where an output could leave what float64 holds.
    """

    conditioner: FeatureMaps | None
    vertical_in: Affine
    horizontal_in: Affine
    blocks: tuple[ExactBlock, ...]
    vertical_scales: tuple[int, ...]
    horizontal_scales: tuple[int, ...]
    head: Affine
    outputs: tuple[OutputGroup, ...]
    planes: int
    height: int
    width: int
    kernel: tuple[int, int]
    horizontal_kernel: int
    input_kernel: tuple[int, int]
    input_horizontal_kernel: int

    def __post_init__(self) -> None:
        check_outputs(self.outputs)

    @property
    def is_binary(self) -> bool:
        """Whether it is of binary images, which have one logit a pixel."""
        return self.planes == BINARY_PLANES

    @property
    def limit(self) -> int:
        """To +- this outputs are clamped before they are lifted: a logit to the reach of its table;
        others not at all, for no sum reaches it."""
        return LOGIT_REACH if self.is_binary else ACCUMULATOR_LIMIT

    @property
    def output_count(self) -> int:
        """Outputs a pixel."""
        return sum(len(group.affine.weight) for group in self.outputs)

    @property
    def condition_channels(self) -> int:
        """Channels S of the conditioner's feature map."""
        return 0 if self.conditioner is None else len(self.conditioner.out.affine.weight)

    @property
    def macs(self) -> int:
        """Multiply-adds to decode one image."""
        layers = [self.vertical_in, self.horizontal_in, self.head]
        layers += [group.affine for group in self.outputs]
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


def planes_of(values: Pixels, operands: NDArray[np.int16] | None) -> Pixels:
    """What is seen of pixels (n, C, columns), place by place: (n, columns, planes).

    operands: what the planes of a level index are; None for binary pixels, which are seen as they
    are.
    """
    return values.transpose(0, 2, 1) if operands is None else plane_rows(values, operands)
