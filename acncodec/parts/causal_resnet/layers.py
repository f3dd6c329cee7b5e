"""The layers of the exact any-size decoder, whatever arithmetic carries them out.

All of it, for one pixel. X(a) = (W a + bias + half a unit) >> shift, of the layer X; clamp is to
+-OPERAND_MAX; relu(a) = max(a, 0).

    planes    C + 1 operands a pixel: each channel's value (`plane_operands`), then ONE
    x_0     = clamp(first(planes in the window of the first layer, without the pixel itself))
    for each block b:
      t     = clamp(window(x_b in the window of a block, the pixel itself last))
      h     = clamp(relu(widen(t) + c))                     c = clamp(condition(z)), without z 0
      x_b+1 = clamp((x_b 2^up + W h + bias + half a unit) >> shift)         W and so on of narrow
    outputs of a group = X(relu(x_B)) 2^up

Windows are in raster order, the values of a place together. Outside the image all planes and all
features are 0. z, in grid steps, is lifted by `latent_lift` bits first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import ACCUMULATOR_LIMIT, OPERAND_MAX, Affine
from acncodec.arithmetic.prepared import Prepared
from acncodec.errors import FreezeError

Ints = NDArray[np.int64]

PLANE_BITS = 13
"""Planes stand at 2^13: -1 to 1 in 2^14 steps, and an operand's bits do not suffice for more."""
ONE = 1 << PLANE_BITS
MAX_UP = 48
"""An operand lifted by this still fits 64 bits with room to spare."""
MAX_LEVELS = 1 << 16


def plane_operands(levels: int) -> NDArray[np.int16]:
    """What the network sees of values 0 .. L - 1: 2 v / (L - 1) - 1, rounded to the nearest
    multiple of 2^-13, halves upwards; int16 (L,). Raises `FreezeError` but for 2 to 65,536."""
    if not 2 <= levels <= MAX_LEVELS:
        raise FreezeError(f"{levels} levels; there are 2 to {MAX_LEVELS}")
    top = levels - 1
    doubled = (4 * np.arange(levels, dtype=np.int64) - 2 * top) * ONE + top
    return (doubled // (2 * top)).astype(np.int16)


@dataclass(frozen=True, eq=False)
class ResidualBlock:
    """One block. condition, where there are latents: a bias of `widen`, at the scale of its
    result, for each latent."""

    window: Affine
    widen: Affine
    narrow: Affine
    condition: Affine | None


@dataclass(frozen=True, eq=False)
class OutputGroup:
    """Some outputs of a pixel, at one scale: what `affine` gives without its clamp, lifted by
    `up` bits where the head wants more digits than a sum has."""

    affine: Affine
    up: int


@dataclass(frozen=True, eq=False)
class ResNetLayers(Prepared):
    """All integers of the decoder.

    scales: B + 1, of the residual stream before and after each block; outputs: groups in the
    order of the head's outputs; first_reach, columns: the windows, as in the float network.

    Raises `FreezeError` where sizes do not agree, or a sum could leave what float64 holds.
    """

    first: Affine
    blocks: tuple[ResidualBlock, ...]
    outputs: tuple[OutputGroup, ...]
    scales: tuple[int, ...]
    channels: int
    first_reach: int
    columns: int
    latent_lift: int = 0

    def __post_init__(self) -> None:
        width, fits = self.width, self.first.weight.shape[1] == self.first_taps * self.planes
        for block in self.blocks:
            hidden = len(block.widen.weight)
            fits &= block.window.weight.shape == (width, self.taps * width)
            fits &= block.widen.weight.shape == (hidden, width)
            fits &= block.narrow.weight.shape == (width, hidden)
            fits &= block.condition is None or len(block.condition.weight) == hidden
            fits &= (block.condition is None) == (self.latent_dim == 0)
        fits &= all(group.affine.weight.shape[1] == width for group in self.outputs)
        if not (fits and self.outputs and self.columns % 2 and self.first_reach > 0):
            raise FreezeError("the layers' sizes do not agree")
        if len(self.scales) != len(self.blocks) + 1:
            raise FreezeError("there is one scale before and after each block")
        for block, up in zip(self.blocks, self.ups, strict=True):
            most = block.narrow.accumulator_bound + (OPERAND_MAX << max(up, 0))
            if not 0 <= up <= MAX_UP or most >= ACCUMULATOR_LIMIT:
                raise FreezeError("a residual accumulator does not suit the scale of its input")
        for group in self.outputs:
            reach = group.affine.accumulator_bound >> group.affine.shift
            if not 0 <= group.up <= MAX_UP or reach << group.up >= ACCUMULATOR_LIMIT:
                raise FreezeError("outputs are lifted out of range")

    @property
    def width(self) -> int:
        """F, features of the residual stream."""
        return len(self.first.weight)

    @property
    def planes(self) -> int:
        """Planes that the network sees: one a channel, and one that is 1 inside the image."""
        return self.channels + 1

    @property
    def first_taps(self) -> int:
        """Pixels in the window of the first layer."""
        return self.first_reach * (2 * self.first_reach + 1) + self.first_reach

    @property
    def taps(self) -> int:
        """Places in the window of a block."""
        return self.columns + self.columns // 2 + 1

    @property
    def latent_dim(self) -> int:
        """D; 0 where there are no latents."""
        condition = self.blocks[0].condition if self.blocks else None
        return 0 if condition is None else int(condition.weight.shape[1])

    @cached_property
    def ups(self) -> tuple[int, ...]:
        """By how many bits each block's input is lifted to meet the sums of `narrow`."""
        steps = pairwise(self.scales)
        return tuple(
            block.narrow.shift + after - before
            for block, (before, after) in zip(self.blocks, steps, strict=True)
        )

    @property
    def output_count(self) -> int:
        """Outputs a pixel."""
        return sum(len(group.affine.weight) for group in self.outputs)

    @property
    def layers(self) -> Iterator[Affine]:
        """All layers that are multiplied at every pixel."""
        yield self.first
        for block in self.blocks:
            yield from (block.window, block.widen, block.narrow)
        yield from (group.affine for group in self.outputs)

    @property
    def macs(self) -> int:
        """Multiply-adds a pixel."""
        return sum(layer.weight.size for layer in self.layers)

    def conditions(self, z: Ints) -> list[NDArray[np.int16] | None]:
        """What the latents z (n, D), grid steps, add to each block's `widen`: int16 (n, hidden).

        Raises `FreezeError` where z has other dimensions.
        """
        if z.shape[1] != self.latent_dim:
            raise FreezeError(f"{z.shape[1]} latent dimensions; there are {self.latent_dim}")
        lifted = z.astype(np.float64) * 2.0**self.latent_lift
        return [
            None if block.condition is None else block.condition.apply(lifted).astype(np.int16)
            for block in self.blocks
        ]


def columns_between(starts: Ints, stops: Ints, width: int) -> NDArray[np.bool_]:
    """Which of `width` columns are starts[i]..stops[i]-1, (n, width)."""
    columns = np.arange(width)
    found: NDArray[np.bool_] = (columns >= starts[:, None]) & (columns < stops[:, None])
    return found
