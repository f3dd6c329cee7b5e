"""Integer convolutions as dense products (never a convolution kernel: those may use FFTs)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine, Floats
from acncodec.arithmetic.prepared import Prepared
from acncodec.engines.choice import build_program, chosen
from acncodec.engines.int16.convolution import convolve
from acncodec.engines.int16.layer_plan import Piece, plan_layer
from acncodec.engines.int16.program import Program
from acncodec.engines.int16.tile import ROWS
from acncodec.run.workers import chunks

Pixels = NDArray[np.uint8]


CHUNK = 16
"""Images whose windows are gathered at once: 7 MB each at most, of 28x28 pixels."""
PLACES = 1 << 15
"""Of larger images, places whose windows are gathered at once."""


@dataclass(frozen=True, eq=False)
class ExactConv(Prepared):
    """A square, zero-padded convolution; `affine` takes inputs ordered (row, column, channel)."""

    affine: Affine
    kernel: int
    stride: int

    @cached_property
    def program(self) -> Program | None:
        """The layer as a program on 15-bit operands, where that can be."""
        size = self.affine.weight.shape[1] // self.kernel
        return build_program(
            [plan_layer(self.affine, [Piece(0, row, size) for row in range(self.kernel)])]
        )

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """The matrix that is multiplied in float64, if that is how."""
        return (self.affine.matrix,) if chosen(self.program) is None else ()

    def apply(
        self, x: NDArray[np.int16], relu: bool, size: tuple[int, int] | None = None
    ) -> NDArray[np.int16]:
        """Operands (n, H, W, C) to operands (n, H', W', O), clamped below at 0 with `relu`.

        size: the input is doubled in height and width (nearest neighbour), and cropped to this.
        """
        height, width = x.shape[1:3] if size is None else size
        shape = (len(x), -(-height // self.stride), -(-width // self.stride))
        out = np.empty((*shape, len(self.affine.weight)), np.int16)
        program = chosen(self.program)
        if program is not None:
            self._compiled(program, x, relu, size, out)
            return out
        for part in chunks(len(x), CHUNK):
            doubled = x[part].astype(np.float64)
            if size is not None:
                doubled = doubled.repeat(2, 1).repeat(2, 2)[:, :height, :width]
            result = self._gathered(doubled)
            out[part] = np.maximum(result, 0.0) if relu else result
        return out

    def _compiled(
        self, program: Program, x: NDArray[np.int16], relu: bool,
        size: tuple[int, int] | None, out: NDArray[np.int16],
    ) -> None:  # fmt: skip
        height, width = x.shape[1:3] if size is None else size
        margin = self.kernel - self.kernel % 2
        # A number more than there is: an odd number of inputs is read in pairs.
        shape = (ROWS, height + margin, width + margin, x.shape[3])
        padded = np.zeros(math.prod(shape) + 1, np.int16)[:-1].reshape(shape)
        high = np.empty((ROWS, len(program.start)), np.int32)
        convolve(
            program, np.ascontiguousarray(x), int(size is not None), self.kernel, self.stride,
            0 if relu else -OPERAND_MAX, len(self.affine.weight), high, np.empty_like(high),
            padded, out,
        )  # fmt: skip

    def _gathered(self, x: Floats) -> Floats:
        """Integers (n, H, W, C) as float64 to clamped integers (n, H', W', O)."""
        pad, kernel = self.kernel // 2, self.kernel
        padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        windows = sliding_window_view(padded, (kernel, kernel), (1, 2))
        windows = windows[:, :: self.stride, :: self.stride].transpose(0, 1, 2, 4, 5, 3)
        count, height, width = windows.shape[:3]
        out = np.empty((count, height, width, len(self.affine.weight)))
        for rows in chunks(height, max(1, PLACES // (count * width))):
            part = np.ascontiguousarray(windows[:, rows])
            flat = part.reshape(math.prod(part.shape[:3]), -1)
            out[:, rows] = self.affine.apply(flat).reshape(*part.shape[:3], -1)
        return out

    def macs(self, size: tuple[int, int]) -> int:
        """Multiply-adds of one image whose output has this (height, width)."""
        return self.affine.weight.size * size[0] * size[1]


def conv_weight_rows(weight: Floats) -> Floats:
    """Reorder a convolution's weight (O, C, kh, kw) to (O, kh * kw * C)."""
    return np.ascontiguousarray(weight.transpose(0, 2, 3, 1)).reshape(len(weight), -1)


def relu(x: Floats) -> Floats:
    """max(x, 0), in place."""
    out: Floats = np.maximum(x, 0.0, out=x)
    return out
