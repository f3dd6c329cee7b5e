"""The incremental gated PixelCNN on 15-bit operands, compiled: one row of the vertical stack, one
span of the horizontal stack, for a whole batch, each without returning to Python.

Feature maps are int16, laid out (column, image, filter), so that the window of a column is read
where it lies: no window is gathered, and a value is written once. Images come in tiles of
`ROWS`; what the last tile has too many is computed and not looked at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.operands import operand32
from acncodec.arithmetic.tables import GATE_BITS, TANH_REACH, VALUE_BITS
from acncodec.engines.int16.gate import BLOCK, gate
from acncodec.engines.int16.layer_plan import Int16s
from acncodec.engines.int16.program import STRIDES, multiply, new_aim
from acncodec.engines.int16.residual import add_residual
from acncodec.engines.int16.tile import ROWS
from acncodec.run.compiled import compiled

ABOVE, LEFT, WINDOW, CONDITION, ASIDE, BESIDE, HERE = range(7)
"""What a layer's inputs are: planes above, planes to the left, the vertical stack around a column,
the conditioner's features, the horizontal stack to the left, the vertical stack at this place,
and what the tile itself has just made."""

VERTICAL_IN, HORIZONTAL_IN, HEAD, FIRST_BLOCK = map(np.int64, range(4))
"""Layers; as NumPy's integers, so that one compiled `multiply` serves all of them. The blocks'
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
def _gates(high: Any, filters: int, table: Any, gates: Any) -> None:
    """The gates of a tile at 2^29, int32 (ROWS, F): high has `filters` times a, then b."""
    centre = table.ctypes.data + 4 * TANH_REACH
    for row in range(ROWS):
        left = high.ctypes.data + 4 * row * high.shape[1]
        out = gates.ctypes.data + 4 * row * gates.shape[1]
        for first in range(0, 4 * gates.shape[1], 4 * BLOCK):
            gate(left + first, left + 4 * filters + first, centre, out + first)


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
    high, below = state.high, state.below
    gates = np.empty((ROWS, vertical.shape[4]), np.int32)
    size = gates.size
    blocks, count = vertical.shape[0] - 1, vertical.shape[3]
    half, slot = columns // 2, row % rows
    aim = new_aim(program, max(rows * columns, above))
    aim[STRIDES, ABOVE] = planes.strides[1]
    aim[STRIDES, WINDOW] = vertical.strides[3]
    aim[STRIDES, CONDITION] = condition.strides[2]
    for column in range(width):
        for first in range(0, count, ROWS):
            place = planes.ctypes.data + row * planes.strides[0] + first * planes.strides[1]
            place += (shape.upper + column) * planes.strides[2]
            for tap in range(above):
                aim[ABOVE, tap] = place + tap * planes.strides[0]
            multiply(program, VERTICAL_IN, aim, high, below)
            for i in range(ROWS):
                for f in range(filters):
                    vertical[0, slot, half + column, first + i, f] = operand32(high[i, f])
    flat, (_, by_slot, by_column, by_image, _) = vertical.ravel(), vertical.strides
    taps = np.empty(rows * columns, np.int64)
    for tap in range(len(taps)):
        taps[tap] = (slot + 1 + tap % rows) % rows * by_slot + tap // rows * by_column
    for block in range(blocks):
        layer = FIRST_BLOCK + BLOCK_LAYERS * block
        down = np.int32(GATE_BITS - scales[block + 1])
        up = np.int32(GATE_BITS - scales[block])
        for column in range(width):
            for first in range(0, count, ROWS):
                place = block * vertical.strides[0] + column * by_column + first * by_image
                for tap in range(len(taps)):
                    aim[WINDOW, tap] = vertical.ctypes.data + place + taps[tap]
                aim[CONDITION, 0] = condition.ctypes.data + first * condition.strides[2]
                aim[CONDITION, 0] += row * condition.strides[0] + column * condition.strides[1]
                multiply(program, layer, aim, high, below)
                _gates(high, filters, table, gates)
                here = (place + slot * by_slot + half * by_column) // 2
                there = here + vertical.strides[0] // 2
                before, after = flat[here : here + size], flat[there : there + size]
                _join(gates.ravel(), before, after, up, down)


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
    rows, left, filters, wide = shape.rows, shape.left, shape.filters, shape.wide
    condition, vertical, horizontal = state.condition, state.vertical, state.horizontal
    high, below, closed, hidden = state.high, state.below, state.closed, state.hidden
    planes = state.planes[row + shape.above]
    gates = np.empty((ROWS, vertical.shape[4]), np.int32)
    size = gates.size
    blocks, count = horizontal.shape[0] - 1, horizontal.shape[2]
    images = out.shape[1]
    slot, half, pad = row % rows, shape.columns // 2, left - 1
    aim = new_aim(program, left)
    aim[STRIDES, LEFT] = planes.strides[0]
    aim[STRIDES, ASIDE] = horizontal.strides[2]
    aim[STRIDES, CONDITION] = condition.strides[2]
    aim[STRIDES, BESIDE] = vertical.strides[3]
    aim[STRIDES, HERE], aim[HERE, 0] = closed.strides[0], closed.ctypes.data
    for column in range(start, stop):
        for first in range(0, count, ROWS):
            aim[LEFT, 0] = planes[first, shape.beside + column :].ctypes.data
            multiply(program, HORIZONTAL_IN, aim, high, below)
            for i in range(ROWS):
                for f in range(filters):
                    horizontal[0, pad + column, first + i, f] = operand32(high[i, f])
    flat, (by_block, by_column, by_image, _) = horizontal.ravel(), horizontal.strides
    for block in range(blocks):
        layer = FIRST_BLOCK + BLOCK_LAYERS * block + 1
        beside = (block + 1) * vertical.strides[0] + slot * vertical.strides[1]
        shift, up = np.int32(downs[0, block]), np.int32(downs[1, block])
        for column in range(start, stop):
            for first in range(0, count, ROWS):
                place = block * by_block + column * by_column + first * by_image
                for tap in range(left):
                    aim[ASIDE, tap] = horizontal.ctypes.data + place + tap * by_column
                aim[CONDITION, 0] = condition.ctypes.data + first * condition.strides[2]
                aim[CONDITION, 0] += row * condition.strides[0] + column * condition.strides[1]
                aim[BESIDE, 0] = vertical.ctypes.data + beside + first * vertical.strides[3]
                aim[BESIDE, 0] += (half + column) * vertical.strides[2]
                multiply(program, layer, aim, high, below)
                _gates(high, filters, table, gates)
                _close(gates.ravel(), closed.ravel())
                multiply(program, layer + 1, aim, high, below)
                here = (place + pad * by_column) // 2
                there = here + by_block // 2
                before = flat[here : here + size].reshape(gates.shape)
                after = flat[there : there + size].reshape(gates.shape)
                add_residual(high, below, before, after, shift, up, filters)
    last_layers = FIRST_BLOCK + BLOCK_LAYERS * blocks
    for column in range(start, stop):
        for first in range(0, count, ROWS):
            last = horizontal[blocks, pad + column, first : first + ROWS]
            _rectify(last.ravel(), closed.ravel())
            aim[STRIDES, HERE], aim[HERE, 0] = closed.strides[0], closed.ctypes.data
            multiply(program, HEAD, aim, high, below)
            for i in range(ROWS):
                for f in range(wide):
                    hidden[i, f] = max(np.int32(0), operand32(high[i, f]))
            aim[STRIDES, HERE], aim[HERE, 0] = hidden.strides[0], hidden.ctypes.data
            place = 0
            for group in range(groups.shape[1]):
                multiply(program, last_layers + group, aim, high, below)
                size, lift = groups[0, group], groups[1, group]
                for i in range(min(ROWS, images - first)):
                    for f in range(size):
                        value = max(-limit, min(limit, np.int64(high[i, f])))
                        out[column - start, first + i, place + f] = value << lift
                place += size


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
