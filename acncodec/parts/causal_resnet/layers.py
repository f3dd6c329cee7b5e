"""The layers of the exact any-size decoder, whatever arithmetic carries them out.

All of it, for one pixel. X(a) = (W a + bias + half a unit) >> shift, of the layer X; clamp is to
+-OPERAND_MAX; relu(a) = max(a, 0).

    planes    C + 1 operands a pixel: each channel's value (`parts.planes`), then ONE
    x_0     = clamp(first(planes in the window of the first layer, without the pixel itself))
              or, told places: clamp(x_0 + clamp(place(ONE for its row, ONE for its column)))
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
from acncodec.parts.outputs import MAX_UP, OutputGroup, check_outputs
from acncodec.parts.planes import ONE

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ResidualBlock:
    """One block. condition, where there are latents: a bias of `widen`, at the scale of its
    result, for each latent."""

    window: Affine
    widen: Affine
    narrow: Affine
    condition: Affine | None


@dataclass(frozen=True, eq=False)
class ResNetLayers(Prepared):
    """All integers of the decoder.

    scales: B + 1, of the residual stream before and after each block; outputs: groups in the
    order of the head's outputs; first_reach, columns: the windows, as in the float network; size:
    (height, width) of the images whose places the network is told by `place`, which takes a number
    for each row and each column, or None, as `place` then is.

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
    place: Affine | None = None
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        width, fits = self.width, self.first.weight.shape[1] == self.first_taps * self.planes
        for block in self.blocks:
            hidden = len(block.widen.weight)
            fits &= block.window.weight.shape == (width, self.taps * width)
            fits &= block.widen.weight.shape == (hidden, width)
            fits &= block.narrow.weight.shape == (width, hidden)
            fits &= block.condition is None or len(block.condition.weight) == hidden
            fits &= (block.condition is None) == (self.latent_dim == 0)
        fits &= (self.place is None) == (self.size is None)
        if self.place is not None and self.size is not None:
            fits &= self.place.weight.shape == (width, sum(self.size))
        fits &= all(group.affine.weight.shape[1] == width for group in self.outputs)
        if not (fits and self.outputs and self.columns % 2 and self.first_reach > 0):
            raise FreezeError("the layers' sizes do not agree")
        if len(self.scales) != len(self.blocks) + 1:
            raise FreezeError("there is one scale before and after each block")
        for block, up in zip(self.blocks, self.ups, strict=True):
            most = block.narrow.accumulator_bound + (OPERAND_MAX << max(up, 0))
            if not 0 <= up <= MAX_UP or most >= ACCUMULATOR_LIMIT:
                raise FreezeError("a residual accumulator does not suit the scale of its input")
        check_outputs(self.outputs)

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

    @cached_property
    def places(self) -> NDArray[np.int16] | None:
        """What the features of a pixel are moved by, int16 (H, W, F), where places are told."""
        if self.place is None or self.size is None:
            return None
        height, width = self.size
        told = np.zeros((height, width, height + width))
        told[np.arange(height), :, np.arange(height)] = ONE
        told[:, np.arange(width), height + np.arange(width)] = ONE
        return self.place.apply(told).astype(np.int16)

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
    def pixel_macs(self) -> int:
        """Multiply-adds a pixel."""
        return sum(layer.weight.size for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-adds a pixel; of images of one size, those of an image."""
        height, width = self.size or (1, 1)
        return self.pixel_macs * height * width

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
