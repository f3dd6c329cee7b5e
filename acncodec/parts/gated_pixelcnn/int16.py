"""The decoder on 15-bit operands: its layers as one program, and a pass through it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import tables
from acncodec.engines.conv import Pixels
from acncodec.engines.int16.gate import BLOCK
from acncodec.engines.int16.layer_plan import Narrow, Piece, Plan, plan_layer
from acncodec.engines.int16.program import Program
from acncodec.engines.int16.tile import ROWS
from acncodec.parts.gated_pixelcnn.int16_kernels import (
    ABOVE,
    ASIDE,
    BESIDE,
    CONDITION,
    HERE,
    LEFT,
    WINDOW,
    horizontal_span,
    vertical_row,
)
from acncodec.parts.gated_pixelcnn.layers import PixelLayers, gate_bias

Ints = NDArray[np.int64]
MAX_LIFT = 15


def plan_decoder(layers: PixelLayers) -> list[Plan | None]:
    """The plans of all layers in the order of `narrow_kernels`; None for what has none."""
    filters, lead = len(layers.vertical_in.weight), layers.condition_channels
    (rows, columns), (above, aside) = layers.kernel, layers.input_kernel
    wide = len(layers.head.weight)
    condition = [Piece(CONDITION, 0, lead)] if lead else []
    window = [Piece(WINDOW, tap, filters) for tap in range(rows * columns)] + condition
    left = [Piece(ASIDE, tap, filters) for tap in range(layers.horizontal_kernel)]
    beside = [*left, *condition, Piece(BESIDE, 0, filters)]
    plans = [
        plan_layer(layers.vertical_in, [Piece(ABOVE, tap, aside) for tap in range(above)]),
        plan_layer(layers.horizontal_in, [Piece(LEFT, 0, layers.input_horizontal_kernel)]),
        plan_layer(layers.head, [Piece(HERE, 0, filters)]),
        plan_layer(layers.logit, [Piece(HERE, 0, wide)]),
    ]
    for block in layers.blocks:
        plans.append(plan_layer(block.vertical, window, gate_bias(block.vertical)))
        plans.append(plan_layer(block.horizontal, beside, gate_bias(block.horizontal)))
        plans.append(plan_layer(block.residual, [Piece(HERE, 0, filters)]))
    lifts = [*np.diff(layers.vertical_scales), *np.diff(layers.horizontal_scales)]
    return plans if max(map(abs, lifts), default=0) <= MAX_LIFT else [None]


class NarrowDecoder:
    """The program of a decoder, and what its passes have in common."""

    def __init__(self, layers: PixelLayers, program: Program) -> None:
        self.layers, self.program = layers, program
        self.filters, self.wide = len(layers.vertical_in.weight), len(layers.head.weight)
        self.outputs = int((program.calls[:, 8] * program.calls[:, 9]).max())
        self.vertical_scales = np.array(layers.vertical_scales)
        shifts = np.array([block.residual.shift for block in layers.blocks])
        ups = shifts + np.diff(layers.horizontal_scales)
        self.downs = np.stack([shifts, ups])
        self.table = tables().tanh


def _up(size: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-size // step) * step


class NarrowPass:
    """The state of decoding n images side by side, as `float_pass.Pass` has it."""

    def __init__(self, decoder: NarrowDecoder, condition: Narrow) -> None:
        layers = decoder.layers
        self._decoder, self._count = decoder, len(condition)
        count = _up(self._count, ROWS)
        height, width, filters = layers.height, layers.width, _up(decoder.filters, BLOCK)
        rows, columns = layers.kernel
        above, aside = layers.input_kernel
        blocks, lead = len(layers.blocks), layers.condition_channels
        self._condition = np.zeros((height, width, count, _up(lead, 2)), np.int16)
        self._condition[:, :, : self._count, :lead] = condition.transpose(1, 2, 0, 3)
        self._side = max(aside // 2, layers.input_horizontal_kernel)
        # One column more than is seen: an odd window is read in pairs.
        self._pixels = np.zeros((height + above, count, width + 2 * self._side + 1), np.int16)
        beside = width + 2 * (columns // 2)
        self._vertical = np.zeros((blocks + 1, rows, beside, count, filters), np.int16)
        ahead = width + layers.horizontal_kernel - 1
        self._horizontal = np.zeros((blocks + 1, ahead, count, filters), np.int16)
        # One row more: gates are made `BLOCK` at a time, and look past the last ones.
        self._high = np.zeros((ROWS + 1, decoder.outputs), np.int32)
        self._below = np.zeros((ROWS, decoder.outputs), np.int32)
        self._closed = np.zeros((ROWS, filters), np.int16)
        self._hidden = np.zeros((ROWS, _up(decoder.wide, 2)), np.int16)

    def begin_row(self, row: int) -> None:
        """Compute the vertical stack for `row` once all rows above are known."""
        decoder, layers = self._decoder, self._decoder.layers
        above, aside = layers.input_kernel
        vertical_row(
            decoder.program, row, (*layers.kernel, above), decoder.vertical_scales,
            decoder.table, self._pixels, self._side - aside // 2, self._condition,
            self._vertical, decoder.filters, layers.width, self._high, self._below,
        )  # fmt: skip

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Make pixels (n, stop - start) of columns start..stop-1 of `row` known."""
        place = slice(self._side + start, self._side + stop)
        self._pixels[row + self._decoder.layers.input_kernel[0], : self._count, place] = values

    def logits(self, row: int, start: int, stop: int) -> Ints:
        """Logits at 2^10 of columns start..stop-1 of `row`, int64 ((stop - start) * n,).

        Everything to their left must be known, and spans must run from left to right.
        """
        decoder, layers = self._decoder, self._decoder.layers
        out = np.empty((stop - start) * self._count, np.int64)
        horizontal_span(
            decoder.program, row, start, stop, (*layers.kernel, layers.horizontal_kernel),
            decoder.downs, decoder.table, self._pixels[row + layers.input_kernel[0]],
            self._side - layers.input_horizontal_kernel, self._condition, self._vertical,
            self._horizontal, decoder.filters, decoder.wide, self._high, self._below,
            self._closed, self._hidden, out,
        )  # fmt: skip
        return out
