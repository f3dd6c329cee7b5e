"""The decoder on float64 products: its weights as compiled loops take them, and a pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Affine, Floats
from acncodec.arithmetic.tables import tables
from acncodec.parts.gated_pixelcnn.float64_kernels import (
    FloatLayer,
    FloatLayers,
    FloatOutputs,
    FloatProgram,
    FloatState,
    horizontal_span,
    vertical_row,
)
from acncodec.parts.gated_pixelcnn.layers import PixelLayers, Pixels, gate_bias, planes_of

Ints = NDArray[np.int64]


class Float64Decoder:
    """The program of a decoder, and what its passes have in common."""

    def __init__(self, layers: PixelLayers) -> None:
        self.layers, self.program = layers, _program(layers)
        self.filters, self.condition = len(layers.vertical_in.weight), layers.condition_channels
        self.table = tables().tanh


def _program(layers: PixelLayers) -> FloatProgram:
    """The layers as compiled loops take them."""
    span = layers.horizontal_kernel * len(layers.vertical_in.weight)
    blocks = layers.blocks
    joint = [block.horizontal.matrix for block in blocks]
    return FloatProgram(
        vertical_in=_layer(layers.vertical_in),
        vertical=FloatLayers(
            np.stack([_rotated(layers, block.vertical) for block in blocks]),
            np.stack([gate_bias(block.vertical) for block in blocks]),
            np.array([block.vertical.shift for block in blocks]),
        ),
        vertical_scales=np.array(layers.vertical_scales),
        context=np.stack([matrix[span:] for matrix in joint]),
        horizontal_in=_layer(layers.horizontal_in),
        horizontal=FloatLayers(
            np.stack([matrix[:span] for matrix in joint]),
            np.stack([gate_bias(block.horizontal) for block in blocks]),
            np.array([block.horizontal.shift for block in blocks]),
        ),
        residual=FloatLayers(
            np.stack([block.residual.matrix for block in blocks]),
            np.stack([block.residual.rounded_bias for block in blocks]),
            np.array([block.residual.shift for block in blocks]),
        ),
        # The residual product meets h at the accumulator's scale.
        horizontal_ups=np.array([block.residual.shift for block in blocks])
        + np.diff(layers.horizontal_scales),
        head=_layer(layers.head),
        outputs=_outputs(layers),
    )


def _layer(affine: Affine) -> FloatLayer:
    return FloatLayer(affine.matrix, affine.rounded_bias, affine.shift)


def _outputs(layers: PixelLayers) -> FloatOutputs:
    """All groups of outputs side by side."""
    groups = [group.affine for group in layers.outputs]
    sizes = [len(affine.weight) for affine in groups]
    return FloatOutputs(
        np.ascontiguousarray(np.concatenate([affine.matrix for affine in groups], 1)),
        np.concatenate([affine.rounded_bias for affine in groups]),
        np.repeat([affine.shift for affine in groups], sizes),
        np.repeat([group.up for group in layers.outputs], sizes),
        layers.limit,
    )


def _rotated(layers: PixelLayers, vertical: Affine) -> Floats:
    """A vertical layer's matrix for each slot that the row at hand may be in, (rows, in, 2F)."""
    rows, columns = layers.kernel
    window = rows * columns * len(layers.vertical_in.weight)
    matrix = vertical.matrix
    taps = matrix[:window].reshape(columns, rows, -1, matrix.shape[1])
    out = []
    for slot in range(rows):
        # Tap row k reads image row r - rows + 1 + k, which sits in this slot.
        order = [(slot - rows + 1 + k) % rows for k in range(rows)]
        turned = np.empty_like(taps)
        turned[:, order] = taps
        out.append(np.concatenate([turned.reshape(window, -1), matrix[window:]]))
    return np.stack(out)


class Float64Pass:
    """The state of decoding n images side by side: planes so far, feature windows, context.

    operands: what the planes of a level index are (`parts.planes`); None where pixels are binary.
    """

    def __init__(
        self, decoder: Float64Decoder, condition: NDArray[np.int16],
        operands: NDArray[np.int16] | None = None,
    ) -> None:  # fmt: skip
        layers, self._operands = decoder.layers, operands
        self._decoder, self._layers, self._count = decoder, layers, len(condition)
        rows, columns = layers.kernel
        height, width, count = layers.height, layers.width, len(condition)
        blocks, filters, lead = len(layers.blocks), decoder.filters, decoder.condition
        self._condition = np.ascontiguousarray(condition.transpose(1, 2, 0, 3)).reshape(
            height, width * count, lead
        )
        above, aside = layers.input_kernel
        self._side = max(aside // 2, layers.input_horizontal_kernel)
        self._planes = np.zeros((height + above, width + 2 * self._side, count, layers.planes))
        self._state = FloatState(
            vertical=np.zeros((blocks, width, count, columns * rows * filters + lead)),
            horizontal=np.zeros((blocks, width, count, layers.horizontal_kernel * filters)),
            context=np.empty((blocks, width * count, 2 * filters)),
            mixed=np.empty((width * count, lead + filters)),
            sums=np.empty((width * count, 2 * filters)),
        )

    def _window(self, rows: slice, first: int, taps: int, columns: range) -> Floats:
        """Planes of some rows, (len(columns) n, rows * taps * planes): for each column those of
        `taps` columns from column + first on."""
        source = self._planes[rows]
        picked = [
            source[row, self._side + first + tap + columns.start :][: len(columns)]
            for row in range(len(source))
            for tap in range(taps)
        ]
        joined = np.ascontiguousarray(np.concatenate(picked, -1))
        return joined.reshape(len(columns) * self._count, joined.shape[-1])

    def begin_row(self, row: int) -> None:
        """Compute the vertical stack for `row` once all rows above are known."""
        layers = self._layers
        rows, columns = layers.kernel
        above, aside = layers.input_kernel
        seen = self._window(slice(row, row + above), -(aside // 2), aside, range(layers.width))
        vertical_row(
            self._decoder.program, self._state, rows, columns, row % rows, seen,
            self._condition[row].astype(np.float64), self._decoder.table,
        )  # fmt: skip

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Make pixels (n, C, stop - start) of columns start..stop-1 of `row` known."""
        place = slice(self._side + start, self._side + stop)
        seen = planes_of(values, self._operands)
        self._planes[row + self._layers.input_kernel[0], place] = seen.transpose(1, 0, 2)

    def outputs(self, row: int, start: int, stop: int) -> Ints:
        """Outputs of columns start..stop-1 of `row`, int64 (stop - start, n, O).

        Everything to their left must be known, and spans must run from left to right.
        """
        taps, above = self._layers.input_horizontal_kernel, self._layers.input_kernel[0]
        seen = self._window(slice(row + above, row + above + 1), -taps, taps, range(start, stop))
        out = np.empty(((stop - start) * self._count, self._layers.output_count), np.int64)
        horizontal_span(
            self._decoder.program, self._state, self._layers.horizontal_kernel, start, stop, seen,
            self._decoder.table, out,
        )  # fmt: skip
        return out.reshape(stop - start, self._count, -1)
