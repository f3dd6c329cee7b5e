"""The decoder on 15-bit operands: its layers as one program, and a pass through it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import tables
from acncodec.engines.int16.gate import BLOCK
from acncodec.engines.int16.layer_plan import Int16s, LayerPlan, Piece, plan_layer
from acncodec.engines.int16.program import Program, widest
from acncodec.engines.int16.residual import MAX_LIFT
from acncodec.engines.int16.tile import ROWS
from acncodec.parts.gated_pixelcnn.int16_kernels import (
    ABOVE,
    ASIDE,
    BESIDE,
    CONDITION,
    HERE,
    LEFT,
    WINDOW,
    Int16State,
    Shape,
    horizontal_span,
    vertical_row,
)
from acncodec.parts.gated_pixelcnn.layers import PixelLayers, Pixels, gate_bias, planes_of

Ints = NDArray[np.int64]
LoopKey = tuple[Program, Shape, Int16State, Ints, NDArray[np.int32], Ints, int]


def plan_decoder(layers: PixelLayers) -> list[LayerPlan | None]:
    """The plans of all layers in the order of `int16_kernels`; None for what has none."""
    filters, lead = len(layers.vertical_in.weight), layers.condition_channels
    (rows, columns), (above, aside) = layers.kernel, layers.input_kernel
    wide, planes = len(layers.head.weight), layers.planes
    before = layers.input_horizontal_kernel * planes
    condition = [Piece(CONDITION, 0, lead)] if lead else []
    window = [Piece(WINDOW, tap, filters) for tap in range(rows * columns)] + condition
    left = [Piece(ASIDE, tap, filters) for tap in range(layers.horizontal_kernel)]
    beside = [*left, *condition, Piece(BESIDE, 0, filters)]
    plans = [
        plan_layer(layers.vertical_in, [Piece(ABOVE, tap, aside * planes) for tap in range(above)]),
        plan_layer(layers.horizontal_in, [Piece(LEFT, 0, before)]),
        plan_layer(layers.head, [Piece(HERE, 0, filters)]),
    ]
    for block in layers.blocks:
        plans.append(plan_layer(block.vertical, window, gate_bias(block.vertical)))
        plans.append(plan_layer(block.horizontal, beside, gate_bias(block.horizontal)))
        plans.append(plan_layer(block.residual, [Piece(HERE, 0, filters)]))
    plans += [plan_layer(group.affine, [Piece(HERE, 0, wide)]) for group in layers.outputs]
    lifts = [*np.diff(layers.vertical_scales), *np.diff(layers.horizontal_scales)]
    return plans if max(map(abs, lifts), default=0) <= MAX_LIFT else [None]


class Int16Decoder:
    """The program of a decoder, and what its passes have in common."""

    def __init__(self, layers: PixelLayers, program: Program) -> None:
        self.layers, self.program = layers, program
        self.filters, self.wide = len(layers.vertical_in.weight), len(layers.head.weight)
        self.widest = widest(program)
        self.vertical_scales = np.array(layers.vertical_scales)
        shifts = np.array([block.residual.shift for block in layers.blocks])
        ups = shifts + np.diff(layers.horizontal_scales)
        self.downs = np.stack([shifts, ups])
        groups = [(len(group.affine.weight), group.up) for group in layers.outputs]
        self.groups = np.array(groups, np.int64).T.copy()
        self.table = tables().tanh
        side = self.side
        self.shape = Shape(
            *layers.kernel, layers.input_kernel[0], layers.horizontal_kernel, self.filters,
            self.wide, layers.width, side - layers.input_kernel[1] // 2,
            side - layers.input_horizontal_kernel,
        )  # fmt: skip

    @property
    def side(self) -> int:
        """Columns of zeros that planes have beside the image."""
        return max(self.layers.input_kernel[1] // 2, self.layers.input_horizontal_kernel)


def _up(size: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-size // step) * step


class Int16Pass:
    """The state of decoding n images side by side, as `float64.Float64Pass` has it."""

    def __init__(
        self, decoder: Int16Decoder, condition: Int16s, operands: Int16s | None = None
    ) -> None:
        layers, self._operands = decoder.layers, operands
        self._decoder, self._count, self._side = decoder, len(condition), decoder.side
        count = _up(self._count, ROWS)
        height, width, filters = layers.height, layers.width, _up(decoder.filters, BLOCK)
        rows, columns = layers.kernel
        blocks, lead = len(layers.blocks), layers.condition_channels
        beside, ahead = width + 2 * (columns // 2), width + layers.horizontal_kernel - 1
        # One column more than is seen: an odd window is read in pairs.
        seen = height + layers.input_kernel[0], count, width + 2 * decoder.side + 1, layers.planes
        self._state = state = Int16State(
            planes=np.zeros(seen, np.int16),
            condition=np.zeros((height, width, count, _up(lead, 2)), np.int16),
            vertical=np.zeros((blocks + 1, rows, beside, count, filters), np.int16),
            horizontal=np.zeros((blocks + 1, ahead, count, filters), np.int16),
            # One row more: gates are made `BLOCK` at a time, and look past the last ones.
            high=np.zeros((ROWS + 1, decoder.widest), np.int32),
            below=np.zeros((ROWS, decoder.widest), np.int32),
            closed=np.zeros((ROWS, filters), np.int16),
            hidden=np.zeros((ROWS, _up(decoder.wide, BLOCK)), np.int16),
        )
        state.condition[:, :, : self._count, :lead] = condition.transpose(1, 2, 0, 3)

    @property
    def loop_key(self) -> LoopKey:
        """What `horizontal_span` wants but for the place and where to put what it gives."""
        decoder = self._decoder
        return (
            decoder.program, decoder.shape, self._state, decoder.downs, decoder.table,
            decoder.groups, decoder.layers.limit,
        )  # fmt: skip

    @property
    def side(self) -> int:
        """Columns of zeros that planes have beside the image."""
        return self._side

    @property
    def sees_values(self) -> bool:
        """Whether pixels are seen as they are, in one plane."""
        return self._operands is None

    def begin_row(self, row: int) -> None:
        """Compute the vertical stack for `row` once all rows above are known."""
        decoder = self._decoder
        vertical_row(
            decoder.program, decoder.shape, self._state, row, decoder.vertical_scales, decoder.table
        )

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Make pixels (n, C, stop - start) of columns start..stop-1 of `row` known."""
        place = slice(self._side + start, self._side + stop)
        row += self._decoder.layers.input_kernel[0]
        self._state.planes[row, : self._count, place] = planes_of(values, self._operands)

    def outputs(self, row: int, start: int, stop: int) -> Ints:
        """Outputs of columns start..stop-1 of `row`, int64 (stop - start, n, O).

        Everything to their left must be known, and spans must run from left to right.
        """
        decoder = self._decoder
        layers = decoder.layers
        out = np.empty((stop - start, self._count, layers.output_count), np.int64)
        horizontal_span(
            decoder.program, decoder.shape, self._state, row, start, stop, decoder.downs,
            decoder.table, decoder.groups, layers.limit, out,
        )  # fmt: skip
        return out
