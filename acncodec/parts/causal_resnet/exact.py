"""The exact any-size decoder: parameters of pixels, whatever the size of the images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.contracts.pixel_network import PixelPass, RaggedPass
from acncodec.engines.choice import build_program, chosen
from acncodec.errors import FreezeError
from acncodec.parts.causal_resnet.float64 import Float64Pass
from acncodec.parts.causal_resnet.int16 import Int16Decoder, Int16Pass, plan_decoder
from acncodec.parts.causal_resnet.layers import ResNetLayers
from acncodec.parts.passes import score_rows
from acncodec.parts.planes import MAX_LEVELS

Ints = NDArray[np.int64]
Pixels = NDArray[np.integer[Any]]


class ResNetPass(PixelPass, Protocol):
    """A pass of either kind: of images of one size, or of several."""

    def outputs(self, row: int, start: int, stop: int, count: int | None = None) -> Ints:
        """Of all images, or of the first `count`."""
        ...

    def trim(self, row: int, starts: Ints, stops: Ints) -> None:
        """Columns starts[i]..stops[i]-1 of `row` are none of image i, of the first n, (n,)."""
        ...

    def keep(self, rows: Ints) -> None:
        """Go on with some of the images alone."""
        ...


@dataclass(frozen=True, eq=False)
class ExactCausalResNet(ResNetLayers):
    """r(x|z) of images of any size, as the codec sees it."""

    compiled_matrices: ClassVar[tuple[Floats, ...]] = ()
    """No compiled loop multiplies in float64."""

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that NumPy multiplies in float64."""
        given = tuple(b.condition.matrix for b in self.blocks if b.condition is not None)
        given += () if self.place is None else (self.place.matrix,)
        if chosen(self.int16) is not None:
            return given
        return (*given, *(layer.matrix for layer in self.layers))

    @cached_property
    def int16(self) -> Int16Decoder | None:
        """The layers on 15-bit operands, where that can be."""
        program = build_program(plan_decoder(self))
        return None if program is None else Int16Decoder(self, program)

    def engine_on(self, device: str) -> str:
        """What carries the decoder out on `device`: `int16`, `float64` or `float64 on cuda`."""
        if device != "cpu":
            return f"float64 on {device}"
        return "float64" if chosen(self.int16) is None else "int16"

    def sized(self, height: int, width: int, levels: int) -> SizedResNet:
        """The network for images of one size and depth."""
        return SizedResNet(self, height, width, levels)

    def ragged(self, levels: int) -> RaggedResNet:
        """The network for images of any size side by side, of one depth."""
        return RaggedResNet(self, levels)

    def begin(self, width: int, levels: int, z: Ints, device: str) -> ResNetPass:
        """A pass of images whose latents (grid steps) are z, int64 (n, D), the widest of `width`.

        device: `cpu`, or `cuda` for torch's products there. Raises `FreezeError` for a network that
        is told the places of images of another width.
        """
        if self.size is not None and width != self.size[1]:
            raise FreezeError(
                f"the network knows the places of {self.size[1]} columns, not {width}"
            )
        if device != "cpu":
            # torch takes a second to import, which nothing else here needs.
            from acncodec.parts.causal_resnet.device import DevicePass, device_decoder

            return DevicePass(device_decoder(self, device), width, levels, z)
        int16 = chosen(self.int16)
        if int16 is not None:
            return Int16Pass(int16, width, levels, z)
        return Float64Pass(self, width, levels, z)


@dataclass(frozen=True, eq=False)
class SizedResNet:
    """The network for images of H x W with values 0 to levels - 1.

    Raises `FreezeError` for a size or a depth that no image has.
    """

    network: ExactCausalResNet
    height: int
    width: int
    levels: int

    def __post_init__(self) -> None:
        if min(self.height, self.width) < 1 or not 2 <= self.levels <= MAX_LEVELS:
            raise FreezeError("an image has at least a pixel, and 2 to 65,536 levels")
        size = self.network.size
        if size not in (None, (self.height, self.width)):
            raise FreezeError(f"the network knows the places of images of {size} alone")

    @property
    def span(self) -> int:
        """Columns of a row that can be decoded together: a pixel needs the one before."""
        return 1

    @property
    def macs(self) -> int:
        """Multiply-adds to decode one image."""
        return self.network.pixel_macs * self.height * self.width

    def start(self, z: Ints, device: str = "cpu") -> PixelPass:
        """Begin decoding or scoring the images whose latents (grid steps) are z, int64 (n, D).

        device: `cpu`, or `cuda` for torch's products there.
        """
        return self.network.begin(self.width, self.levels, z, device)

    def score(self, z: Ints, pixels: Pixels, device: str = "cpu") -> Ints:
        """Outputs for known pixels (n, C, H, W), row by row: int64 (H, W, n, O)."""
        return score_rows(self.start(z, device), pixels)


@dataclass(frozen=True, eq=False)
class RaggedResNet:
    """The network for images of any size with values 0 to levels - 1."""

    network: ExactCausalResNet
    levels: int

    def start(self, width: int, z: Ints, device: str = "cpu") -> RaggedPass:
        """Begin with images whose latents are z, int64 (n, D), the widest of `width` columns."""
        return self.network.begin(width, self.levels, z, device)
