"""The decoder on float64 products: its weights as compiled loops take them, and a pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.arithmetic.tables import tables
from acncodec.engines.conv import Pixels
from acncodec.parts.gated_pixelcnn.float64_kernels import horizontal_span, vertical_row
from acncodec.parts.gated_pixelcnn.layers import PixelLayers, gate_bias

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FloatDecoder:
    """Stacked float64 matrices and integer biases of the blocks."""

    vertical: Floats
    vertical_bias: Ints
    vertical_shift: Ints
    vertical_scales: Ints
    context: Floats
    horizontal: Floats
    horizontal_bias: Ints
    horizontal_shift: Ints
    residual: Floats
    residual_bias: Ints
    residual_shift: Ints
    residual_up: Ints
    filters: int
    condition: int
    layers: PixelLayers

    @classmethod
    def of(cls, decoder: PixelLayers) -> FloatDecoder:
        """Arrange the weights of `decoder`."""
        filters = len(decoder.vertical_in.weight)
        rows, columns = decoder.kernel
        window = rows * columns * filters
        span = decoder.horizontal_kernel * filters
        blocks = decoder.blocks
        rotated = []
        for block in blocks:
            matrix = block.vertical.matrix
            taps = matrix[:window].reshape(columns, rows, filters, 2 * filters)
            for slot in range(rows):
                # Tap row k reads image row r - rows + 1 + k, which sits in this slot.
                order = [(slot - rows + 1 + k) % rows for k in range(rows)]
                turned = np.empty_like(taps)
                turned[:, order] = taps
                rotated.append(np.concatenate([turned.reshape(window, -1), matrix[window:]]))
        joint = [block.horizontal.matrix for block in blocks]
        # The residual product meets h at the accumulator's scale.
        lands = [
            block.residual.shift + scale
            for block, scale in zip(blocks, decoder.horizontal_scales[1:], strict=True)
        ]
        ups = [a - s for a, s in zip(lands, decoder.horizontal_scales[:-1], strict=True)]
        return cls(
            np.stack(rotated).reshape(len(blocks), rows, -1, 2 * filters),
            np.stack([gate_bias(block.vertical) for block in blocks]),
            np.array([block.vertical.shift for block in blocks]),
            np.array(decoder.vertical_scales),
            np.stack([matrix[span:] for matrix in joint]),
            np.stack([matrix[:span] for matrix in joint]),
            np.stack([gate_bias(block.horizontal) for block in blocks]),
            np.array([block.horizontal.shift for block in blocks]),
            np.stack([block.residual.matrix for block in blocks]),
            np.stack([block.residual.rounded_bias for block in blocks]),
            np.array([block.residual.shift for block in blocks]),
            np.array(ups),
            filters,
            len(matrix) - window,
            decoder,
        )


class Pass:
    """The state of decoding n images side by side: pixels so far, feature windows, context."""

    def __init__(self, engine: FloatDecoder, condition: NDArray[np.int16]) -> None:
        self._decoder, self._engine = engine.layers, engine
        decoder = engine.layers
        rows, columns = decoder.kernel
        height, width, count = decoder.height, decoder.width, len(condition)
        blocks, filters, lead = len(decoder.blocks), engine.filters, engine.condition
        self._count = count
        self._condition = np.ascontiguousarray(condition.transpose(1, 2, 0, 3)).reshape(
            height, width * count, lead
        )
        above, aside = decoder.input_kernel
        self._side = max(aside // 2, decoder.input_horizontal_kernel)
        self._pixels = np.zeros((height + above, width + 2 * self._side, count))
        self._vertical = np.zeros((blocks, width, count, columns * rows * filters + lead))
        self._horizontal = np.zeros((blocks, width, count, decoder.horizontal_kernel * filters))
        self._context = np.empty((blocks, width * count, 2 * filters))
        self._mixed = np.empty((width * count, lead + filters))
        self._sums = np.empty((width * count, 2 * filters))

    def _window(self, rows: slice, first: int, taps: int, columns: range) -> Floats:
        """Pixels (len(columns) n, rows * taps): for each column, `taps` from column + first."""
        source = self._pixels[rows]
        picked = [
            source[row, self._side + first + tap + columns.start :][: len(columns)]
            for row in range(len(source))
            for tap in range(taps)
        ]
        stacked = np.stack(picked, -1)
        return stacked.reshape(len(columns) * self._count, len(picked))

    def begin_row(self, row: int) -> None:
        """Compute the vertical stack for `row` once all rows above are known."""
        decoder, engine = self._decoder, self._engine
        rows, columns = decoder.kernel
        above, aside = decoder.input_kernel
        seen = self._window(slice(row, row + above), -(aside // 2), aside, range(decoder.width))
        vertical_row(
            row % rows, seen, self._condition[row].astype(np.float64),
            decoder.vertical_in.matrix, decoder.vertical_in.rounded_bias,
            decoder.vertical_in.shift, engine.vertical, engine.vertical_bias,
            engine.vertical_shift, engine.vertical_scales, engine.context, rows, columns,
            tables().tanh, self._vertical, self._mixed, self._sums, self._context,
        )  # fmt: skip

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Make pixels (n, stop - start) of columns start..stop-1 of `row` known."""
        above = self._decoder.input_kernel[0]
        place = slice(self._side + start, self._side + stop)
        self._pixels[row + above, place] = values.T

    def logits(self, row: int, start: int, stop: int) -> Ints:
        """Logits at 2^10 of columns start..stop-1 of `row`, int64 ((stop - start) * n,).

        Everything to their left must be known, and spans must run from left to right.
        """
        decoder, engine = self._decoder, self._engine
        taps = decoder.input_horizontal_kernel
        above = decoder.input_kernel[0]
        seen = self._window(slice(row + above, row + above + 1), -taps, taps, range(start, stop))
        out = np.empty((stop - start) * self._count, np.int64)
        horizontal_span(
            start, stop, seen, decoder.horizontal_in.matrix, decoder.horizontal_in.rounded_bias,
            decoder.horizontal_in.shift, engine.horizontal, engine.horizontal_bias,
            engine.horizontal_shift, engine.residual,
            engine.residual_bias, engine.residual_shift, engine.residual_up,
            decoder.head.matrix, decoder.head.rounded_bias, decoder.head.shift,
            decoder.logit.matrix, decoder.logit.rounded_bias, decoder.logit.shift,
            decoder.horizontal_kernel, tables().tanh, self._context, self._horizontal, out,
        )  # fmt: skip
        return out
