"""The incremental gated PixelCNN on 15-bit operands, compiled: one row of the vertical stack, one
span of the horizontal stack, for a whole batch, each without returning to Python.

Feature maps are int16, laid out (column, image, filter), so that the window of a column is read
where it lies: no window is gathered, and a value is written once. Images come in tiles of
`ROWS`; what the last tile has too many is computed and not looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.tables import LOGIT_REACH, TANH_REACH, VALUE_BITS
from acncodec.compiled import compiled
from acncodec.engines.int16.gate import BLOCK, gate
from acncodec.engines.int16.program import STRIDES, multiply, new_aim
from acncodec.engines.int16.tile import ROWS
from acncodec.parts.gated_pixelcnn.float64_kernels import GATE_BITS

ABOVE, LEFT, WINDOW, CONDITION, ASIDE, BESIDE, HERE = range(7)
"""What a layer's inputs are: pixels above, pixels to the left, the vertical stack around a column,
the conditioner's features, the horizontal stack to the left, the vertical stack at this place,
and what the tile itself has just made."""

VERTICAL_IN, HORIZONTAL_IN, HEAD, LOGIT, FIRST_BLOCK = map(np.int64, range(5))
"""Layers; as NumPy's integers, so that one compiled `multiply` serves all of them."""
BLOCK_LAYERS = 3
"""Layers of a block, in this order: vertical, horizontal, residual."""


@compiled(inline="always")
def _operand(value: Any) -> Any:
    return max(np.int32(-OPERAND_MAX), min(np.int32(OPERAND_MAX), value))


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
def vertical_row(
    program: Any, row: int, kernel: Any, scales: Any, table: Any, pixels: Any, pixel: int,
    condition: Any, vertical: Any, filters: int, width: int, high: Any, below: Any,
) -> None:  # fmt: skip
    """Compute the vertical stack of one row.

    kernel: (rows, columns, rows of the input layer); scales: int64 (L + 1,) of the vertical
    features; table: tanh, int32; pixels: int16 (rows, images, columns), whose column `pixel` is
    the leftmost that the input layer's window of column 0 sees; condition: int16 (H, W,
    images, S); vertical: int16 (L + 1, rows, columns, images, F), the input of each block and the
    last one's result, row r in slot r mod rows, with zeros beside the image.
    """
    rows, columns, above = kernel
    gates = np.empty((ROWS, vertical.shape[4]), np.int32)
    size = gates.size
    blocks, count = vertical.shape[0] - 1, vertical.shape[3]
    half, slot = columns // 2, row % rows
    calls, segments = program.calls, program.segments
    aim = new_aim(program, max(rows * columns, above))
    aim[STRIDES, ABOVE] = pixels.strides[1]
    aim[STRIDES, WINDOW] = vertical.strides[3]
    aim[STRIDES, CONDITION] = condition.strides[2]
    for column in range(width):
        for first in range(0, count, ROWS):
            place = pixels.ctypes.data + row * pixels.strides[0] + first * pixels.strides[1]
            for tap in range(above):
                aim[ABOVE, tap] = place + tap * pixels.strides[0] + 2 * (pixel + column)
            multiply(calls, VERTICAL_IN, segments, aim, high, below)
            for i in range(ROWS):
                for f in range(filters):
                    vertical[0, slot, half + column, first + i, f] = _operand(high[i, f])
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
                multiply(calls, layer, segments, aim, high, below)
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
        after[i] = _operand(np.int32(kept + np.int32(total >> down)))


@compiled()
def horizontal_span(
    program: Any, row: int, start: int, stop: int, kernel: Any, downs: Any, table: Any,
    pixels: Any, pixel: int, condition: Any, vertical: Any, horizontal: Any, filters: int,
    wide: int, high: Any, below: Any, closed: Any, hidden: Any, logits: Any,
) -> None:  # fmt: skip
    """Compute the horizontal stack and the logits of columns start..stop-1 of one row.

    kernel: (rows, columns, columns of the horizontal one); downs: int64 (2, L), the residual
    layers' shifts and by how much h is lifted there; pixels: int16 (images, columns) of this row,
    whose column `pixel` is the leftmost that column 0 sees; horizontal: int16 (L + 1, columns,
    images, F), with zeros left of the image; scratch: closed, int16 (ROWS, F); hidden, int16
    (ROWS, `wide`).
    Result: logits, int64 ((stop - start) n,) at 2^10, of the n images that there are.
    """
    rows, columns, left = kernel
    gates = np.empty((ROWS, vertical.shape[4]), np.int32)
    size = gates.size
    blocks, count = horizontal.shape[0] - 1, horizontal.shape[2]
    images = len(logits) // (stop - start)
    slot, half, pad = row % rows, columns // 2, left - 1
    calls, segments = program.calls, program.segments
    aim = new_aim(program, left)
    aim[STRIDES, LEFT] = pixels.strides[0]
    aim[STRIDES, ASIDE] = horizontal.strides[2]
    aim[STRIDES, CONDITION] = condition.strides[2]
    aim[STRIDES, BESIDE] = vertical.strides[3]
    aim[STRIDES, HERE], aim[HERE, 0] = closed.strides[0], closed.ctypes.data
    for column in range(start, stop):
        for first in range(0, count, ROWS):
            aim[LEFT, 0] = pixels[first, pixel + column :].ctypes.data
            multiply(calls, HORIZONTAL_IN, segments, aim, high, below)
            for i in range(ROWS):
                for f in range(filters):
                    horizontal[0, pad + column, first + i, f] = _operand(high[i, f])
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
                multiply(calls, layer, segments, aim, high, below)
                _gates(high, filters, table, gates)
                _close(gates.ravel(), closed.ravel())
                multiply(calls, layer + 1, segments, aim, high, below)
                here = (place + pad * by_column) // 2
                there = here + by_block // 2
                before = flat[here : here + size].reshape(gates.shape)
                after = flat[there : there + size].reshape(gates.shape)
                _add(high, below, before, after, shift, up, filters)
    for column in range(start, stop):
        for first in range(0, count, ROWS):
            last = horizontal[blocks, pad + column, first : first + ROWS]
            _rectify(last.ravel(), closed.ravel())
            aim[STRIDES, HERE], aim[HERE, 0] = closed.strides[0], closed.ctypes.data
            multiply(calls, HEAD, segments, aim, high, below)
            for i in range(ROWS):
                for f in range(wide):
                    hidden[i, f] = max(np.int32(0), _operand(high[i, f]))
            aim[STRIDES, HERE], aim[HERE, 0] = hidden.strides[0], hidden.ctypes.data
            multiply(calls, LOGIT, segments, aim, high, below)
            for i in range(min(ROWS, images - first)):
                value = max(-LOGIT_REACH, min(LOGIT_REACH, np.int64(high[i, 0])))
                logits[(column - start) * images + first + i] = value


@compiled()
def _close(gates: Any, gated: Any) -> None:
    """The gates alone, at 2^14."""
    down = np.int32(GATE_BITS - VALUE_BITS)
    half = np.int32(1 << (GATE_BITS - VALUE_BITS - 1))
    for i in range(len(gates)):
        gated[i] = _operand(np.int32(np.int32(gates[i] + half) >> down))


@compiled()
def _rectify(values: Any, out: Any) -> None:
    """ReLU."""
    for i in range(len(values)):
        out[i] = max(np.int16(0), values[i])


@compiled()
def _add(high: Any, below: Any, before: Any, after: Any, shift: Any, up: Any, filters: int) -> None:
    """after = (before 2^up + sum) / 2^shift, the sum being high 2^shift + below."""
    finer = max(np.int32(0), np.int32(shift - up))
    lift = max(np.int32(0), np.int32(up - shift))
    mask = np.int32((np.int32(1) << finer) - np.int32(1))
    lower = min(up, np.int32(30))
    for i in range(ROWS):
        for f in range(filters):
            h = np.int32(before[i, f])
            kept = np.int32(np.int32(np.int32(h >> finer) << lift) + high[i, f])
            seen = np.int32(np.int32(np.int32(h & mask) << lower) + below[i, f])
            after[i, f] = _operand(np.int32(kept + np.int32(seen >> shift)))
