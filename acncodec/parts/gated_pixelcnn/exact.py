"""The exact decoder: outputs of pixels, a row at a time or a pixel at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.contracts.pixel_network import PixelPass, RaggedPass
from acncodec.engines.choice import build_program, chosen
from acncodec.errors import FreezeError
from acncodec.parts.gated_pixelcnn.float64 import Float64Decoder, Float64Pass
from acncodec.parts.gated_pixelcnn.int16 import Int16Decoder, Int16Pass, plan_decoder
from acncodec.parts.gated_pixelcnn.layers import ExactBlock, PixelLayers, Pixels
from acncodec.parts.passes import AlikePass, score_rows
from acncodec.parts.planes import plane_operands

Ints = NDArray[np.int64]
__all__ = ["ExactBlock", "ExactDecoder"]


@dataclass(frozen=True, eq=False)
class ExactDecoder(PixelLayers):
    """r(x|z) as the codec sees it: of binary images by itself, of others when it is told how many
    levels they have (`sized`, `ragged`)."""

    @property
    def span(self) -> int:
        """Columns of a row whose pixels can be decoded together: a pixel needs the one before."""
        return 1

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that NumPy multiplies in float64."""
        return () if self.conditioner is None else self.conditioner.matrices

    @property
    def compiled_matrices(self) -> tuple[Floats, ...]:
        """Every matrix that compiled loops multiply in float64: none where int16 is chosen."""
        if chosen(self.int16) is not None:
            return ()
        program = self.float64.program
        layers = program.vertical_in, program.horizontal_in, program.head, program.outputs
        stacked = (part for rotated in program.vertical.matrix for part in rotated)
        blocks = *program.context, *program.horizontal.matrix, *program.residual.matrix
        return (*(layer.matrix for layer in layers), *stacked, *blocks)

    @cached_property
    def float64(self) -> Float64Decoder:
        """The weights in the layouts that the compiled loops take."""
        return Float64Decoder(self)

    @cached_property
    def int16(self) -> Int16Decoder | None:
        """The layers on 15-bit operands, where that can be."""
        program = build_program(plan_decoder(self))
        return None if program is None else Int16Decoder(self, program)

    def start(self, z: Ints, device: str = "cpu") -> PixelPass:
        """Begin decoding or scoring the binary images whose latents (grid steps) are z (n, D).

        device: `cpu`, or `cuda` for torch's products there. Raises `FreezeError` where it is of
        images of any number of levels.
        """
        if not self.is_binary:
            raise FreezeError("how many levels the images have is not said")
        return self.begin(z, None, device)

    def sized(self, height: int, width: int, levels: int) -> LevelNetwork:
        """The network for images of so many levels. Raises `FreezeError` for those of another size
        than its own, or of a number of levels that no image has, or if it is of binary ones."""
        if (height, width) != (self.height, self.width):
            raise FreezeError(f"{height}x{width} images; there are {self.height}x{self.width} ones")
        return LevelNetwork(self, self._operands(levels))

    def ragged(self, levels: int) -> AlikeNetwork:
        """The same for images among others. Raises `FreezeError` likewise."""
        return AlikeNetwork(self, self._operands(levels))

    def _operands(self, levels: int) -> NDArray[np.int16]:
        if self.is_binary:
            raise FreezeError("a decoder of binary images has no planes of levels")
        return plane_operands(levels)

    def begin(self, z: Ints, operands: NDArray[np.int16] | None, device: str) -> PixelPass:
        """Begin with images whose latents are z (n, D). operands: what the planes of a level index
        are; None for binary images."""
        if device != "cpu":
            # torch takes a second to import, which nothing else here needs.
            from acncodec.parts.gated_pixelcnn.device import DevicePass, device_decoder

            return DevicePass(device_decoder(self, device), self.condition(z), operands)
        int16 = chosen(self.int16)
        if int16 is not None:
            return Int16Pass(int16, self.condition(z), operands)
        return Float64Pass(self.float64, self.condition(z), operands)

    def engine_on(self, device: str) -> str:
        """What carries the decoder out on `device`: `int16`, `float64` or `float64 on cuda`."""
        if device != "cpu":
            return f"float64 on {device}"
        return "float64" if chosen(self.int16) is None else "int16"

    def score(self, z: Ints, pixels: Pixels, device: str = "cpu") -> Ints:
        """Logits of known binary pixels, computed row by row. Returns int64 (n, H * W)."""
        return score_logits(self.start(z, device), pixels)


def score_logits(run: PixelPass, pixels: Pixels) -> Ints:
    """Logits of known pixels by a pass that has just begun, int64 (n, H * W)."""
    found = score_rows(run, pixels)[..., 0]
    return np.ascontiguousarray(found.transpose(2, 0, 1).reshape(len(pixels), -1))


@dataclass(frozen=True, eq=False)
class LevelNetwork:
    """The network for images of some number of levels.

    operands: what the planes of a level index are, int16 (L,).
    """

    network: ExactDecoder
    operands: NDArray[np.int16]

    @property
    def levels(self) -> int:
        """L."""
        return len(self.operands)

    @property
    def height(self) -> int:
        """H."""
        return self.network.height

    @property
    def width(self) -> int:
        """W."""
        return self.network.width

    @property
    def span(self) -> int:
        """As that of the decoder."""
        return self.network.span

    def start(self, z: Ints, device: str = "cpu") -> PixelPass:
        """As that of the decoder."""
        return self.network.begin(z, self.operands, device)

    def score(self, z: Ints, pixels: Pixels, device: str = "cpu") -> Ints:
        """Outputs for known pixels (n, C, H, W), row by row: int64 (H, W, n, O)."""
        return score_rows(self.start(z, device), pixels)


@dataclass(frozen=True, eq=False)
class AlikeNetwork:
    """The same among images of other numbers of levels, as a `RaggedNetwork`."""

    network: ExactDecoder
    operands: NDArray[np.int16]

    def start(self, width: int, z: Ints, device: str = "cpu") -> RaggedPass:
        """Begin with images whose latents are z, int64 (n, D). Raises `FreezeError` for a width
        that they do not have."""
        if width != self.network.width:
            raise FreezeError(f"images of {width} columns; there are {self.network.width}")
        return AlikePass(self.network.begin(z, self.operands, device), len(z))
