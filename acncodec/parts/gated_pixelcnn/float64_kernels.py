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

from typing import Any

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.tables import FREQUENCY_BITS, LOGIT_REACH, TANH_REACH, VALUE_BITS
from acncodec.compiled import compiled

GATE_BITS = 2 * VALUE_BITS + 1
"""A gate's product tanh * (1 + tanh) stands at 2^29."""


@compiled(inline="always")
def _operand(value: Any) -> Any:
    return max(-OPERAND_MAX, min(OPERAND_MAX, value))


@compiled(inline="always")
def _gate(a: Any, b: Any, shift: Any, table: Any) -> Any:
    """tanh(a) sigmoid(b) at 2^29; sigmoid(b) = (1 + tanh(b / 2)) / 2 from the same table."""
    left = max(-TANH_REACH, min(TANH_REACH, a >> shift))
    right = max(-TANH_REACH, min(TANH_REACH, b >> (shift + 1)))
    return np.int64(table[left + TANH_REACH]) * (
        (1 << VALUE_BITS) + np.int64(table[right + TANH_REACH])
    )


@compiled()
def vertical_row(
    slot: int,
    seen: Any,
    condition: Any,
    in_matrix: Any,
    in_bias: Any,
    in_shift: int,
    matrices: Any,
    biases: Any,
    shifts: Any,
    scales: Any,
    context_matrices: Any,
    rows: int,
    columns: int,
    table: Any,
    vertical: Any,
    mixed: Any,
    sums: Any,
    context: Any,
) -> None:
    """Compute the vertical stack of one row and what it gives to the horizontal stack.

    seen: (W n, taps) pixels of the rows above, 0 or 1; condition: (W n, S);
    matrices: (L, rows, columns * rows * F + S, 2F), rotated for each slot; scales: int64
    (L + 1,) of the vertical features; context_matrices: (L, S + F, 2F).
    Scratch: mixed (W n, S + F), sums (W n, 2F). Result: context (L, W n, 2F).
    """
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
            first[row, f] = _operand((np.int64(first[row, f]) + in_bias[f]) >> in_shift)
    for block in range(blocks):
        down = GATE_BITS - scales[block + 1]
        up = GATE_BITS - scales[block]
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
                first[row, f] = _operand(total >> down)
                mixed[row, lead + f] = first[row, f]
        np.dot(mixed, context_matrices[block], context[block])


@compiled()
def horizontal_span(
    start: int,
    stop: int,
    seen: Any,
    in_matrix: Any,
    in_bias: Any,
    in_shift: int,
    matrices: Any,
    biases: Any,
    shifts: Any,
    residual_matrices: Any,
    residual_biases: Any,
    residual_shifts: Any,
    residual_ups: Any,
    head_matrix: Any,
    head_bias: Any,
    head_shift: int,
    logit_matrix: Any,
    logit_bias: Any,
    logit_shift: int,
    columns: int,
    table: Any,
    context: Any,
    horizontal: Any,
    logits: Any,
) -> None:
    """Compute the horizontal stack and the logits of columns start..stop-1 of one row.

    seen: ((stop - start) n, taps) pixels to the left; context: (L, W n, 2F) from
    `vertical_row`; result: logits int64 ((stop - start) n,) at 2^10.
    """
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
            h[row, f] = _operand((np.int64(h[row, f]) + in_bias[f]) >> in_shift)
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
            above = context[block, start * count + row]
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
                gated[row, f] = _operand(rounded)
        np.dot(gated, residual_matrices[block], back)
        for row in range(span):
            for f in range(filters):
                total = (np.int64(h[row, f]) << residual_ups[block]) + np.int64(back[row, f])
                total = (total + residual_biases[block, f]) >> residual_shifts[block]
                h[row, f] = _operand(total)
    for row in range(span):
        for f in range(filters):
            h[row, f] = max(h[row, f], 0.0)
    wide = np.empty((span, head_matrix.shape[1]))
    np.dot(h, head_matrix, wide)
    for row in range(span):
        for f in range(wide.shape[1]):
            value = (np.int64(wide[row, f]) + head_bias[f]) >> head_shift
            wide[row, f] = max(0, _operand(value))
    final = np.dot(wide, logit_matrix)
    for row in range(span):
        value = (np.int64(final[row, 0]) + logit_bias[0]) >> logit_shift
        logits[row] = max(-LOGIT_REACH, min(LOGIT_REACH, value))


@compiled()
def binary_frequencies(logits: Any, table: Any, out: Any) -> None:
    """Frequencies less one of the pixel values 0 and 1, float64 (n, 2); table: logistic."""
    for i in range(len(logits)):
        one = table[logits[i] + LOGIT_REACH] - 1
        out[i, 0] = (1 << FREQUENCY_BITS) - 2 - one
        out[i, 1] = one
