"""The incremental gated PixelCNN, compiled: one row of the vertical stack, one span of the
horizontal stack, for a whole batch, each without returning to Python.

Feature maps live as float64 holding integers, laid out so that each layer is one dense
product. A value is written once to every place where a later product will read it:

    vertical[l]    (W, n, columns * rows * F + S)   the window around a column; rows are
                   slots: row r sits in slot r mod rows, and the weights rotate instead
    horizontal[l]  (W, n, columns * F)              the window of columns to the left

so no window is ever gathered. `span` may be one column (decoding) or a row (scoring): the
integers do not depend on it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.arithmetic.operands import operand64
from acncodec.arithmetic.tables import GATE_BITS, TANH_REACH, VALUE_BITS
from acncodec.run.compiled import compiled

Ints = NDArray[np.int64]


class FloatLayer(NamedTuple):
    """One layer: floor((a matrix + bias) / 2^shift). matrix: float64 (in, out); bias: int64."""

    matrix: Floats
    bias: Ints
    shift: int


class FloatLayers(NamedTuple):
    """The same layer of all L blocks. matrix: float64 (L, ..., in, out); bias: int64 (L, out);
    shift: int64 (L,)."""

    matrix: Floats
    bias: Ints
    shift: Ints


class FloatOutputs(NamedTuple):
    """The last layer, whose sums are shifted, clamped to +-limit and lifted, each as its group is.
    matrix: float64 (E, O); bias, shifts, ups: int64 (O,)."""

    matrix: Floats
    bias: Ints
    shifts: Ints
    ups: Ints
    limit: int


class FloatProgram(NamedTuple):
    """All layers as compiled loops take them.

    vertical: its matrices are (L, rows, columns * rows * F + S, 2F), rotated for each slot;
    vertical_scales: int64 (L + 1,) of the vertical features; context: float64 (L, S + F, 2F),
    what the vertical stack gives to the horizontal one; horizontal_ups: int64 (L,), by how much h
    is lifted to meet the residual product.
    """

    vertical_in: FloatLayer
    vertical: FloatLayers
    vertical_scales: Ints
    context: Floats
    horizontal_in: FloatLayer
    horizontal: FloatLayers
    residual: FloatLayers
    horizontal_ups: Ints
    head: FloatLayer
    outputs: FloatOutputs


class FloatState(NamedTuple):
    """What a pass carries from row to row, float64: the maps above; context (L, W n, 2F), what
    the row's vertical stack gives to the horizontal one. Scratch: mixed (W n, S + F), sums
    (W n, 2F)."""

    vertical: Floats
    horizontal: Floats
    context: Floats
    mixed: Floats
    sums: Floats


@compiled(inline="always")
def _gate(a: Any, b: Any, shift: Any, table: Any) -> Any:
    """tanh(a) sigmoid(b) at 2^29; sigmoid(b) = (1 + tanh(b / 2)) / 2 from the same table."""
    left = max(-TANH_REACH, min(TANH_REACH, a >> shift))
    right = max(-TANH_REACH, min(TANH_REACH, b >> (shift + 1)))
    return np.int64(table[left + TANH_REACH]) * (
        (1 << VALUE_BITS) + np.int64(table[right + TANH_REACH])
    )


@compiled()
def product(a: Any, b: Any, out: Any) -> None:
    """out = a b, as the loops below multiply: for a test of this machine's BLAS."""
    np.dot(a, b, out)


@compiled()
def vertical_row(
    program: Any, state: Any, rows: int, columns: int, slot: int, seen: Any, condition: Any,
    table: Any,
) -> None:  # fmt: skip
    """Compute the vertical stack of one row and what it gives to the horizontal stack.

    program: `FloatProgram`; state: `FloatState`; rows, columns: the kernel; seen: (W n, taps)
    planes of the rows above; condition: (W n, S); table: tanh. Result: state.context.
    """
    vertical, mixed, sums = state.vertical, state.mixed, state.sums
    matrices, biases, shifts = program.vertical
    in_matrix, in_bias, in_shift = program.vertical_in
    blocks, width, count = vertical.shape[0], vertical.shape[1], vertical.shape[2]
    filters = in_matrix.shape[1]
    window = columns * rows * filters
    half = columns // 2
    lead = condition.shape[1]
    mixed[:, :lead] = condition
    first = np.empty((width * count, filters))
    np.dot(seen, in_matrix, first)
    for row in range(width * count):
        for f in range(filters):
            first[row, f] = operand64((np.int64(first[row, f]) + in_bias[f]) >> in_shift)
    for block in range(blocks):
        down = GATE_BITS - program.vertical_scales[block + 1]
        up = GATE_BITS - program.vertical_scales[block]
        for column in range(width):
            for other in range(max(0, column - half), min(width, column + half + 1)):
                place = ((column - other + half) * rows + slot) * filters
                for item in range(count):
                    source = first[column * count + item]
                    for f in range(filters):
                        vertical[block, other, item, place + f] = source[f]
            for item in range(count):
                for s in range(lead):
                    vertical[block, column, item, window + s] = condition[column * count + item, s]
        flat = vertical[block].reshape((width * count, window + lead))
        np.dot(flat, matrices[block, slot], sums)
        for row in range(width * count):
            for f in range(filters):
                product = _gate(
                    np.int64(sums[row, f]) + biases[block, f],
                    np.int64(sums[row, filters + f]) + biases[block, filters + f],
                    shifts[block],
                    table,
                )
                total = (np.int64(first[row, f]) << up) + product + (1 << (down - 1))
                first[row, f] = operand64(total >> down)
                mixed[row, lead + f] = first[row, f]
        np.dot(mixed, program.context[block], state.context[block])


@compiled()
def horizontal_span(
    program: Any, state: Any, columns: int, start: int, stop: int, seen: Any, table: Any,
    outputs: Any,
) -> None:  # fmt: skip
    """Compute the horizontal stack and the outputs of columns start..stop-1 of one row.

    program: `FloatProgram`; state: `FloatState`; columns: the horizontal kernel; seen:
    ((stop - start) n, taps) planes to the left; table: tanh. Result: outputs int64
    ((stop - start) n, O).
    """
    horizontal = state.horizontal
    matrices, biases, shifts = program.horizontal
    back_matrices, back_biases, back_shifts = program.residual
    in_matrix, in_bias, in_shift = program.horizontal_in
    head_matrix, head_bias, head_shift = program.head
    out_matrix, out_bias, out_shifts, out_ups, limit = program.outputs
    blocks, width, count = horizontal.shape[0], horizontal.shape[1], horizontal.shape[2]
    filters = in_matrix.shape[1]
    span = (stop - start) * count
    h = np.empty((span, filters))
    sums = np.empty((span, 2 * filters))
    gated = np.empty((span, filters))
    back = np.empty((span, filters))
    np.dot(seen, in_matrix, h)
    for row in range(span):
        for f in range(filters):
            h[row, f] = operand64((np.int64(h[row, f]) + in_bias[f]) >> in_shift)
    for block in range(blocks):
        for column in range(start, stop):
            for other in range(column, min(width, column + columns)):
                place = (columns - 1 - (other - column)) * filters
                for item in range(count):
                    source = h[(column - start) * count + item]
                    for f in range(filters):
                        horizontal[block, other, item, place + f] = source[f]
        flat = horizontal[block, start:stop].reshape((span, columns * filters))
        np.dot(flat, matrices[block], sums)
        for row in range(span):
            above = state.context[block, start * count + row]
            for f in range(filters):
                product = _gate(
                    np.int64(sums[row, f] + above[f]) + biases[block, f],
                    np.int64(sums[row, filters + f] + above[filters + f])
                    + biases[block, filters + f],
                    shifts[block],
                    table,
                )
                rounded = (product + (1 << (GATE_BITS - VALUE_BITS - 1))) >> (
                    GATE_BITS - VALUE_BITS
                )
                gated[row, f] = operand64(rounded)
        np.dot(gated, back_matrices[block], back)
        up, down = program.horizontal_ups[block], back_shifts[block]
        for row in range(span):
            for f in range(filters):
                total = (np.int64(h[row, f]) << up) + np.int64(back[row, f])
                h[row, f] = operand64((total + back_biases[block, f]) >> down)
    for row in range(span):
        for f in range(filters):
            h[row, f] = max(h[row, f], 0.0)
    wide = np.empty((span, head_matrix.shape[1]))
    np.dot(h, head_matrix, wide)
    for row in range(span):
        for f in range(wide.shape[1]):
            value = (np.int64(wide[row, f]) + head_bias[f]) >> head_shift
            wide[row, f] = max(0, operand64(value))
    final = np.dot(wide, out_matrix)
    for row in range(span):
        for f in range(final.shape[1]):
            value = (np.int64(final[row, f]) + out_bias[f]) >> out_shifts[f]
            outputs[row, f] = max(-limit, min(limit, value)) << out_ups[f]
