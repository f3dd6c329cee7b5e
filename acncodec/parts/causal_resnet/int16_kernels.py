"""The any-size decoder on 15-bit operands, compiled: a span of columns of one row, for a whole
batch, without returning to Python.

Features are int16, laid out (column, image, feature), so that the window of a column is read
where it lies: no window is gathered, and a feature is written once. Images come in tiles of
`ROWS`; what the last tile has too many is computed and not looked at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.operands import operand32
from acncodec.engines.int16.layer_plan import Int16s
from acncodec.engines.int16.program import STRIDES, multiply, new_aim
from acncodec.engines.int16.residual import add_residual
from acncodec.engines.int16.tile import ROWS
from acncodec.parts.planes import ONE
from acncodec.run.compiled import compiled

PLANES, WINDOW, HERE = range(3)
"""What a layer's inputs are: planes around the pixel, features around it, and what the tile
itself has just made."""

FIRST, FIRST_BLOCK = map(np.int64, range(2))
"""Layers; as NumPy's integers, so that one compiled `multiply` serves all of them. The blocks'
are followed by the groups of outputs."""
BLOCK_LAYERS = 3
"""Layers of a block, in this order: window, widen, narrow."""


class Shape(NamedTuple):
    """Sizes that the loops need. reach: of the first window; half: columns of a block's window on
    either side; width: features; hidden: the most that a block has between its 1x1 layers;
    conditioned: whether latents add to them."""

    reach: int
    half: int
    width: int
    hidden: int
    conditioned: bool


class ResNetState(NamedTuple):
    """What a pass carries from row to row, for n images in whole tiles, int16.

    planes: (rows, n, columns, C + 1), row r in slot r mod rows; features: (B + 1, 2, columns, n,
    F), of each block's input and the last one's result, row r in slot r mod 2; both with zeros
    beside the image. conditions: (B, n, hidden). Scratch: high, below, int32 (ROWS, outputs),
    which a tile gives; here (ROWS, F); hidden (ROWS, hidden).
    """

    planes: Int16s
    features: Int16s
    conditions: Int16s
    high: NDArray[np.int32]
    below: NDArray[np.int32]
    here: Int16s
    hidden: Int16s


@compiled()
def put_values(planes: Any, operands: Any, values: Any) -> None:
    """What the network sees of values (n, C, columns), into planes (n or more, columns, C + 1).

    operands: int16 (L,), as `plane_operands` makes them. A value that is no level, which whoever
    prices it will refuse, is as good as the nearest one: nothing beside `operands` is read.
    """
    last = np.int64(len(operands) - 1)
    for image in range(values.shape[0]):
        for column in range(values.shape[2]):
            for channel in range(values.shape[1]):
                level = min(max(np.int64(values[image, channel, column]), 0), last)
                planes[image, column, channel] = operands[level]
            planes[image, column, values.shape[1]] = ONE


@compiled()
def _clamp(high: Any, out: Any, count: int) -> None:
    for i in range(ROWS):
        for f in range(count):
            out[i, f] = operand32(high[i, f])


@compiled()
def _rectify(values: Any, out: Any) -> None:
    for i in range(len(values)):
        out[i] = max(np.int16(0), values[i])


@compiled()
def _open(high: Any, hidden: Any, count: int) -> None:
    """ReLU of a tile."""
    for i in range(ROWS):
        for f in range(count):
            hidden[i, f] = max(np.int32(0), operand32(high[i, f]))


@compiled()
def _open_conditioned(high: Any, condition: Any, hidden: Any, count: int) -> None:
    """ReLU of a tile and what the images' latents add to it."""
    for i in range(ROWS):
        for f in range(count):
            value = np.int32(high[i, f] + np.int32(condition[i, f]))
            hidden[i, f] = max(np.int32(0), operand32(value))


@compiled()
def _first(
    program: Any, shape: Any, state: Any, row: int, start: int, stop: int, images: int
) -> None:
    """The first layer: planes to the first block's features."""
    planes, features = state.planes, state.features
    slots = len(planes)
    aim = new_aim(program, slots)
    aim[STRIDES, PLANES] = planes.strides[1]
    for column in range(start, stop):
        for image in range(0, images, ROWS):
            for tap in range(slots):  # the row at hand is the last one
                slot = (row + 1 + tap) % slots
                aim[PLANES, tap] = planes[slot, image, column:].ctypes.data
            multiply(program, FIRST, aim, state.high, state.below)
            after = features[0, row % 2, shape.half + column, image : image + ROWS]
            _clamp(state.high, after, shape.width)


@compiled()
def _block(
    program: Any, shape: Any, state: Any, block: int, row: int, start: int, stop: int, down: Any,
    up: Any, hidden: int, images: int,
) -> None:  # fmt: skip
    """A block: its features to the next one's, at 2^down of its last sums, before which its
    input is lifted by `up` bits."""
    features, high, below, here = state.features, state.high, state.below, state.here
    slot, half = row % 2, shape.half
    layer = FIRST_BLOCK + BLOCK_LAYERS * block
    aim = new_aim(program, 3 * half + 2)
    aim[STRIDES, WINDOW] = features.strides[3]
    for column in range(start, stop):
        for image in range(0, images, ROWS):
            above = features[block, 1 - slot, column, image:].ctypes.data
            beside = features[block, slot, column, image:].ctypes.data
            for tap in range(2 * half + 1):
                aim[WINDOW, tap] = above + tap * features.strides[2]
            for tap in range(half + 1):
                aim[WINDOW, 2 * half + 1 + tap] = beside + tap * features.strides[2]
            multiply(program, layer, aim, high, below)
            _clamp(high, here, shape.width)
            aim[STRIDES, HERE], aim[HERE, 0] = here.strides[0], here.ctypes.data
            multiply(program, layer + 1, aim, high, below)
            if shape.conditioned:
                given = state.conditions[block, image : image + ROWS]
                _open_conditioned(high, given, state.hidden, hidden)
            else:
                _open(high, state.hidden, hidden)
            aim[STRIDES, HERE], aim[HERE, 0] = state.hidden.strides[0], state.hidden.ctypes.data
            multiply(program, layer + 2, aim, high, below)
            before = features[block, slot, half + column, image : image + ROWS]
            after = features[block + 1, slot, half + column, image : image + ROWS]
            add_residual(high, below, before, after, down, up, shape.width)


@compiled()
def span_outputs(
    program: Any, shape: Any, state: Any, row: int, start: int, stop: int, steps: Any,
    groups: Any, out: Any,
) -> None:  # fmt: skip
    """All outputs of columns start..stop-1 of one row.

    program: first layer, blocks, groups of outputs; shape: `Shape`; state: `ResNetState`; steps:
    int64 (3, B), of each block the last layer's shift, by how much its input is lifted, and its
    hidden features; groups: int64 (2, G), outputs and lift of each.
    Result: out, int64 (stop - start, n, O), of the first n images; of others, no more than the last
    tile has is looked at.
    """
    features, here, high = state.features, state.here, state.high
    blocks, images = steps.shape[1], out.shape[1]
    _first(program, shape, state, row, start, stop, images)
    for block in range(blocks):
        down, up = np.int32(steps[0, block]), np.int32(steps[1, block])
        _block(program, shape, state, block, row, start, stop, down, up, steps[2, block], images)
    aim = new_aim(program, 1)
    aim[STRIDES, HERE], aim[HERE, 0] = here.strides[0], here.ctypes.data
    for column in range(start, stop):
        for image in range(0, images, ROWS):
            last = features[blocks, row % 2, shape.half + column, image : image + ROWS]
            _rectify(last.ravel(), here.ravel())
            place = 0
            for group in range(groups.shape[1]):
                layer = FIRST_BLOCK + BLOCK_LAYERS * blocks + group
                multiply(program, layer, aim, high, state.below)
                size, up = groups[0, group], groups[1, group]
                for i in range(min(ROWS, images - image)):
                    for f in range(size):
                        value = np.int64(high[i, f]) << up
                        out[column - start, image + i, place + f] = value
                place += size
