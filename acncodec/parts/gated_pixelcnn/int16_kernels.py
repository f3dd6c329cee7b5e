"""The incremental gated PixelCNN on 15-bit operands, compiled: one row of the vertical stack, one
span of the horizontal stack, for a whole batch, each without returning to Python.

Feature maps are int16, laid out (column, image, filter), so that the window of a column is read
where it lies: no window is gathered, and a value is written once. Of a window what lies outside of
the image is passed over. Images come in tiles of
`ROWS`; what the last tile has too many is computed and not looked at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.operands import operand32
from acncodec.arithmetic.tables import GATE_BITS, TANH_REACH, VALUE_BITS
from acncodec.engines.int16.calls import (
    STRIDES,
    new_aim,
    new_calls,
    operands,
    point,
    residual,
    residual_of,
    sums,
)
from acncodec.engines.int16.gate import BLOCK, gate
from acncodec.engines.int16.layer_plan import Int16s
from acncodec.engines.int16.memory import address, int16s, int32s
from acncodec.engines.int16.tile import ROWS
from acncodec.run.compiled import compiled

ABOVE, LEFT, WINDOW, CONDITION, ASIDE, BESIDE, HERE = range(7)
"""What a layer's inputs are: planes above, planes to the left, the vertical stack around a column,
the conditioner's features, the horizontal stack to the left, the vertical stack at this place,
and what the tile itself has just made."""

VERTICAL_IN, HORIZONTAL_IN, HEAD, FIRST_BLOCK = map(np.int64, range(4))
"""Layers; as NumPy's integers, so that one compiled product serves all of them. The blocks'
are followed by the groups of outputs."""
BLOCK_LAYERS = 3
"""Layers of a block, in this order: vertical, horizontal, residual."""


class Shape(NamedTuple):
    """Sizes that the loops need. rows, columns: the vertical kernel; above: rows of its input
    layer; left: columns of the horizontal kernel; filters: F; wide: outputs of the head; width:
    of an image; upper, beside: the column of `Int16State.planes` that is the leftmost which the
    vertical and the horizontal input layer see from column 0."""

    rows: int
    columns: int
    above: int
    left: int
    filters: int
    wide: int
    width: int
    upper: int
    beside: int


class Int16State(NamedTuple):
    """What a pass carries from row to row, for n images in whole tiles, int16.

    planes: (rows above + H, n, columns, P); condition: (H, W, n, S); vertical: (L + 1, rows,
    columns, n, F), the input of each block and the last one's result, row r in slot r mod rows;
    horizontal: (L + 1, columns, n, F), likewise; all with zeros beside the image. Scratch: high,
    below, int32 (ROWS, outputs), which a tile gives; closed (ROWS, F); hidden (ROWS, `wide`).
    """

    planes: Int16s
    condition: Int16s
    vertical: Int16s
    horizontal: Int16s
    high: NDArray[np.int32]
    below: NDArray[np.int32]
    closed: Int16s
    hidden: Int16s


@compiled()
def _gates(high: Any, apart: Any, filters: int, table: Any, gates: Any) -> None:
    """The gates of a tile at 2^29, int32 (ROWS, F): high, an address, has lines `apart` bytes apart
    of `filters` times a, then b."""
    centre, out, size = address(table) + 4 * TANH_REACH, address(gates), 4 * gates.shape[1]
    for _ in range(ROWS):
        for first in range(0, size, 4 * BLOCK):
            gate(high + first, high + 4 * filters + first, centre, out + first)
        high, out = high + apart, out + size


@compiled()
def vertical_row(program: Any, shape: Any, state: Any, row: int, scales: Any, table: Any) -> None:
    """Compute the vertical stack of one row.

    shape: `Shape`; state: `Int16State`; scales: int64 (L + 1,) of the vertical features; table:
    tanh, int32.
    """
    rows, columns, above, filters, width = (
        shape.rows, shape.columns, shape.above, shape.filters, shape.width
    )  # fmt: skip
    planes, condition, vertical = state.planes, state.condition, state.vertical
    high, below, apart = address(state.high), address(state.below), 4 * state.high.shape[1]
    gates = np.empty((ROWS, vertical.shape[4]), np.int32)
    gated, size = address(gates), gates.size
    blocks, count = vertical.shape[0] - 1, vertical.shape[3]
    half, slot = columns // 2, row % rows
    by_block, by_slot, by_column, step, _ = vertical.strides
    calls, aim = new_calls(program), new_aim(max(rows * columns, above))
    aim[STRIDES, ABOVE] = planes.strides[1]
    aim[STRIDES, WINDOW] = step
    aim[STRIDES, CONDITION] = condition.strides[2]
    for column in range(width):
        place = address(planes) + row * planes.strides[0]
        place += (shape.upper + column) * planes.strides[2]
        for tap in range(above):
            aim[ABOVE, tap] = place + tap * planes.strides[0] if row + tap >= above else 0
        point(calls, program, VERTICAL_IN, aim)
        after = address(vertical) + slot * by_slot + (half + column) * by_column
        for first in range(0, count, ROWS):
            place = after + first * step
            operands(calls, VERTICAL_IN, first, high, apart, place, step, -OPERAND_MAX)
    for block in range(blocks):
        layer = FIRST_BLOCK + BLOCK_LAYERS * block
        down = np.int32(GATE_BITS - scales[block + 1])
        up = np.int32(GATE_BITS - scales[block])
        for column in range(width):
            place = address(vertical) + block * by_block + column * by_column
            for tap in range(rows * columns):
                line = (slot + 1 + tap % rows) % rows * by_slot
                beside = column + tap // rows - half
                inside = row + tap % rows >= rows - 1 and 0 <= beside < width
                aim[WINDOW, tap] = place + line + tap // rows * by_column if inside else 0
            aim[CONDITION, 0] = address(condition)
            aim[CONDITION, 0] += row * condition.strides[0] + column * condition.strides[1]
            point(calls, program, layer, aim)
            here = place + slot * by_slot + half * by_column
            for first in range(0, count, ROWS):
                sums(calls, layer, first, high, below, apart)
                _gates(high, apart, filters, table, gates)
                before = here + first * step
                after = before + by_block
                _join(int32s(gated, size), int16s(before, size), int16s(after, size), up, down)


@compiled()
def _join(gates: Any, before: Any, after: Any, up: Any, down: Any) -> None:
    """after = before + gates, from 2^(29 - up) to 2^(29 - down), rounded."""
    half = np.int32(1) << (down - np.int32(1))
    finer = max(np.int32(0), np.int32(down - up))
    lift = max(np.int32(0), np.int32(up - down))
    mask = np.int32((np.int32(1) << finer) - np.int32(1))
    for i in range(len(gates)):
        v = np.int32(before[i])
        # What the division keeps of v << up, and what it must still see.
        kept = np.int32(np.int32(v >> finer) << lift)
        seen = np.int32(np.int32(v & mask) << up)
        total = np.int32(np.int32(seen + gates[i]) + half)
        after[i] = operand32(np.int32(kept + np.int32(total >> down)))


@compiled()
def horizontal_span(
    program: Any, shape: Any, state: Any, row: int, start: int, stop: int, downs: Any, table: Any,
    groups: Any, limit: int, out: Any,
) -> None:  # fmt: skip
    """Compute the horizontal stack and the outputs of columns start..stop-1 of one row.

    shape: `Shape`; state: `Int16State`; downs: int64 (2, L), the residual layers' shifts and by
    how much h is lifted there; table: tanh, int32; groups: int64 (2, G), outputs and lift of each,
    before which they are clamped to +-limit.
    Result: out, int64 (stop - start, n, O), of the n images that there are.
    """
    rows, left, filters = shape.rows, shape.left, shape.filters
    condition, vertical, horizontal = state.condition, state.vertical, state.horizontal
    high, below, apart = address(state.high), address(state.below), 4 * state.high.shape[1]
    closed, by_closed = address(state.closed), state.closed.strides[0]
    hidden, by_hidden = address(state.hidden), state.hidden.strides[0]
    gates = np.empty((ROWS, vertical.shape[4]), np.int32)
    gated, size = address(gates), gates.size
    blocks, count = horizontal.shape[0] - 1, horizontal.shape[2]
    images = out.shape[1]
    slot, half, pad = row % rows, shape.columns // 2, left - 1
    by_block, by_column, step, _ = horizontal.strides
    calls, aim = new_calls(program), new_aim(left)
    aim[STRIDES, LEFT] = state.planes.strides[1]
    aim[STRIDES, ASIDE] = step
    aim[STRIDES, CONDITION] = condition.strides[2]
    aim[STRIDES, BESIDE] = vertical.strides[3]
    aim[STRIDES, HERE], aim[HERE, 0] = by_closed, closed
    planes = address(state.planes) + (row + shape.above) * state.planes.strides[0]
    for column in range(start, stop):
        aim[LEFT, 0] = planes + (shape.beside + column) * state.planes.strides[2]
        point(calls, program, HORIZONTAL_IN, aim)
        after = address(horizontal) + (pad + column) * by_column
        for first in range(0, count, ROWS):
            place = after + first * step
            operands(calls, HORIZONTAL_IN, first, high, apart, place, step, -OPERAND_MAX)
    for block in range(blocks):
        layer = FIRST_BLOCK + BLOCK_LAYERS * block + 1
        beside = address(vertical) + (block + 1) * vertical.strides[0] + slot * vertical.strides[1]
        point(calls, program, layer + 1, aim)
        residual_of(calls, layer + 1, downs[0, block], downs[1, block])
        for column in range(start, stop):
            place = address(horizontal) + block * by_block + column * by_column
            for tap in range(left):
                aim[ASIDE, tap] = place + tap * by_column if column + tap >= pad else 0
            aim[CONDITION, 0] = address(condition)
            aim[CONDITION, 0] += row * condition.strides[0] + column * condition.strides[1]
            aim[BESIDE, 0] = beside + (half + column) * vertical.strides[2]
            point(calls, program, layer, aim)
            for first in range(0, count, ROWS):
                sums(calls, layer, first, high, below, apart)
                _gates(high, apart, filters, table, gates)
                _close(int32s(gated, size), int16s(closed, size))
                before = place + pad * by_column + first * step
                after = before + by_block
                residual(calls, layer + 1, 0, high, apart, after, step, before)
    last_layers = FIRST_BLOCK + BLOCK_LAYERS * blocks
    point(calls, program, HEAD, aim)
    aim[STRIDES, HERE], aim[HERE, 0] = by_hidden, hidden
    for group in range(groups.shape[1]):
        point(calls, program, last_layers + group, aim)
    last = address(horizontal) + blocks * by_block + pad * by_column
    for column in range(start, stop):
        for first in range(0, count, ROWS):
            _rectify(int16s(last + column * by_column + first * step, size), int16s(closed, size))
            operands(calls, HEAD, 0, high, apart, hidden, by_hidden, 0)
            begun = 0
            for group in range(groups.shape[1]):
                sums(calls, last_layers + group, 0, high, below, apart)
                size_of, lift = groups[0, group], groups[1, group]
                for i in range(min(ROWS, images - first)):
                    for f in range(size_of):
                        value = max(-limit, min(limit, np.int64(state.high[i, f])))
                        out[column - start, first + i, begun + f] = value << lift
                begun += size_of


@compiled()
def _close(gates: Any, gated: Any) -> None:
    """The gates alone, at 2^14."""
    down = np.int32(GATE_BITS - VALUE_BITS)
    half = np.int32(1 << (GATE_BITS - VALUE_BITS - 1))
    for i in range(len(gates)):
        gated[i] = operand32(np.int32(np.int32(gates[i] + half) >> down))


@compiled()
def _rectify(values: Any, out: Any) -> None:
    """ReLU."""
    for i in range(len(values)):
        out[i] = max(np.int16(0), values[i])
