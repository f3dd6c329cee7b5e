"""The exact decoder: logits of pixels, a row at a time or a pixel at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.contracts.pixel_network import PixelPass
from acncodec.engines.choice import build_program, chosen
from acncodec.engines.conv import Pixels
from acncodec.parts.gated_pixelcnn.float64 import Float64Decoder, Float64Pass
from acncodec.parts.gated_pixelcnn.int16 import Int16Decoder, Int16Pass, plan_decoder
from acncodec.parts.gated_pixelcnn.layers import ExactBlock, PixelLayers

Ints = NDArray[np.int64]
__all__ = ["ExactBlock", "ExactDecoder"]


@dataclass(frozen=True, eq=False)
class ExactDecoder(PixelLayers):
    """r(x|z) as the codec sees it."""

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
        layers = program.vertical_in, program.horizontal_in, program.head, program.logit
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
        """Begin decoding or scoring the images whose latents (grid steps) are z (n, D).

        device: `cpu`, or `cuda` for torch's products there.
        """
        if device != "cpu":
            # torch takes a second to import, which nothing else here needs.
            from acncodec.parts.gated_pixelcnn.device import DevicePass, device_decoder

            return DevicePass(device_decoder(self, device), self.condition(z))
        int16 = chosen(self.int16)
        if int16 is not None:
            return Int16Pass(int16, self.condition(z))
        return Float64Pass(self.float64, self.condition(z))

    def engine_on(self, device: str) -> str:
        """What carries the decoder out on `device`: `int16`, `float64` or `float64 on cuda`."""
        if device != "cpu":
            return f"float64 on {device}"
        return "float64" if chosen(self.int16) is None else "int16"

    def score(self, z: Ints, pixels: Pixels, device: str = "cpu") -> Ints:
        """Logits of known pixels, computed row by row. Returns int64 (n, H * W)."""
        return score_rows(self, self.start(z, device), pixels)


def score_rows(layers: PixelLayers, run: PixelPass, pixels: Pixels) -> Ints:
    """Logits of known pixels by a pass that has just begun, int64 (n, H * W)."""
    out = np.empty((layers.height, layers.width, len(pixels)), np.int64)
    for row in range(layers.height):
        run.begin_row(row)
        run.put(row, 0, layers.width, pixels[:, :, row])
        out[row] = run.outputs(row, 0, layers.width)[..., 0]
    return np.ascontiguousarray(out.transpose(2, 0, 1).reshape(len(pixels), -1))
