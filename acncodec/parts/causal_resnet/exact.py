"""The exact any-size decoder: parameters of pixels, whatever the size of the images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.contracts.pixel_network import PixelPass
from acncodec.engines.choice import build_program, chosen
from acncodec.errors import FreezeError
from acncodec.parts.causal_resnet.float64 import Float64Pass
from acncodec.parts.causal_resnet.int16 import Int16Decoder, Int16Pass, plan_decoder
from acncodec.parts.causal_resnet.layers import MAX_LEVELS, ResNetLayers

Ints = NDArray[np.int64]
Pixels = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class ExactCausalResNet(ResNetLayers):
    """r(x|z) of images of any size, as the codec sees it."""

    compiled_matrices: ClassVar[tuple[Floats, ...]] = ()
    """No compiled loop multiplies in float64."""

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that NumPy multiplies in float64."""
        given = tuple(b.condition.matrix for b in self.blocks if b.condition is not None)
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

    @property
    def span(self) -> int:
        """Columns of a row that can be decoded together: a pixel needs the one before."""
        return 1

    @property
    def macs(self) -> int:
        """Multiply-adds to decode one image."""
        return self.network.macs * self.height * self.width

    def start(self, z: Ints, device: str = "cpu") -> PixelPass:
        """Begin decoding or scoring the images whose latents (grid steps) are z, int64 (n, D).

        device: `cpu`, or `cuda` for torch's products there.
        """
        network = self.network
        if device != "cpu":
            # torch takes a second to import, which nothing else here needs.
            from acncodec.parts.causal_resnet.device import DevicePass, device_decoder

            return DevicePass(device_decoder(network, device), self.width, self.levels, z)
        int16 = chosen(network.int16)
        if int16 is not None:
            return Int16Pass(int16, self.width, self.levels, z)
        return Float64Pass(network, self.width, self.levels, z)

    def score(self, z: Ints, pixels: Pixels, device: str = "cpu") -> Ints:
        """Outputs for known pixels (n, C, H, W), row by row: int64 (H, W, n, O)."""
        return score_rows(self.start(z, device), pixels)


def score_rows(run: PixelPass, pixels: Pixels) -> Ints:
    """Outputs for known pixels (n, C, H, W) by a pass that has just begun, int64 (H, W, n, O)."""
    height, width = pixels.shape[2:]
    found = []
    for row in range(height):
        run.begin_row(row)
        run.put(row, 0, width, pixels[:, :, row])
        found.append(run.outputs(row, 0, width))
    return np.stack(found)
