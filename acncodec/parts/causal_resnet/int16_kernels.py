"""The any-size decoder on 15-bit operands, compiled: a span of columns of one row, for a whole
batch, without returning to Python.

Features are int16, laid out (column, image, feature), so that the window of a column is read
where it lies: no window is gathered, and a feature is written once. Of a window what lies outside
of the image is passed over. Images come in tiles of
`ROWS`; what the last tile has too many is computed and not looked at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.operands import operand32
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
from acncodec.engines.int16.layer_plan import Int16s
from acncodec.engines.int16.memory import address, int16s, int32s
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
    conditioned: whether latents add to them; placed: whether places move the first features."""

    reach: int
    half: int
    width: int
    hidden: int
    conditioned: bool
    placed: bool


class ResNetState(NamedTuple):
    """What a pass carries from row to row, for n images in whole tiles, int16.

    planes: (rows, n, columns, C + 1), row r in slot r mod rows; features: (B + 1, 2, columns, n,
    F), of each block's input and the last one's result, row r in slot r mod 2; both with zeros
    beside the image. conditions: (B, n, hidden). Scratch: high, below, int32 (ROWS, outputs),
    which a tile gives; here (ROWS, F); hidden (ROWS, hidden). places: (H, W, F), what the first
    features are moved by, if they are.
    """

    planes: Int16s
    features: Int16s
    conditions: Int16s
    high: NDArray[np.int32]
    below: NDArray[np.int32]
    here: Int16s
    hidden: Int16s
    places: Int16s


@compiled(inline="always")
def operand_of(value: Any, seen: Any) -> Any:
    """What the network sees of a value. seen: int16 (L,), as `plane_operands` makes them.

    A value that is no level, which whoever prices it will refuse, is as good as the nearest one:
    nothing beside `seen` is read.
    """
    return seen[min(max(np.int64(value), 0), np.int64(len(seen) - 1))]


@compiled()
def put_values(planes: Any, seen: Any, values: Any) -> None:
    """What the network sees of values (n, C, columns), into planes (n or more, columns, C + 1);
    seen: as for `operand_of`."""
    for image in range(values.shape[0]):
        for column in range(values.shape[2]):
            for channel in range(values.shape[1]):
                planes[image, column, channel] = operand_of(values[image, channel, column], seen)
            planes[image, column, values.shape[1]] = ONE


@compiled()
def _rectify(values: Any, out: Any) -> None:
    for i in range(len(values)):
        out[i] = max(np.int16(0), values[i])


@compiled()
def _open(high: Any, condition: Any, hidden: Any) -> None:
    """ReLU of a row and what the image's latents add to it."""
    for f in range(len(high)):
        value = np.int32(high[f] + np.int32(condition[f]))
        hidden[f] = max(np.int32(0), operand32(value))


@compiled()
def _move(features: Any, by: Any) -> None:
    for f in range(len(features)):
        features[f] = operand32(np.int32(features[f] + np.int32(by[f])))


@compiled()
def _first(
    program: Any, calls: Any, shape: Any, state: Any, row: int, start: int, stop: int, images: int
) -> None:  # fmt: skip
    """The first layer: planes to the first block's features, moved by their places."""
    planes, features, places = state.planes, state.features, state.places
    wide = places.shape[2]
    slots, high, apart = len(planes), address(state.high), 4 * state.high.shape[1]
    by_slot, by_image, by_column, _ = planes.strides
    aim = new_aim(slots)
    aim[STRIDES, PLANES] = by_image
    _, by_row, by_place, step, _ = features.strides
    for column in range(start, stop):
        for tap in range(slots):  # the row at hand is the last one
            place = (row + 1 + tap) % slots * by_slot + column * by_column
            aim[PLANES, tap] = address(planes) + place if row + 1 + tap >= slots else 0
        point(calls, program, FIRST, aim)
        after = address(features) + row % 2 * by_row + (shape.half + column) * by_place
        for image in range(0, images, ROWS):
            place = after + image * step
            operands(calls, FIRST, image, high, apart, place, step, -OPERAND_MAX)
            if shape.placed:
                by = address(places) + row * places.strides[0] + column * places.strides[1]
                for i in range(ROWS):
                    _move(int16s(place + i * step, wide), int16s(by, wide))


@compiled()
def _block(
    program: Any, calls: Any, shape: Any, state: Any, block: int, row: int, start: int, stop: int,
    down: Any, up: Any, hidden: int, images: int,
) -> None:  # fmt: skip
    """A block: its features to the next one's, at 2^down of its last sums, before which its
    input is lifted by `up` bits."""
    features, conditions = state.features, state.conditions
    high, below, apart = address(state.high), address(state.below), 4 * state.high.shape[1]
    here, opened = address(state.here), address(state.hidden)
    by_here, by_opened = state.here.strides[0], state.hidden.strides[0]
    by_block, by_row, by_column, step, _ = features.strides
    given, by_image = address(conditions) + block * conditions.strides[0], conditions.strides[1]
    slot, half = row % 2, shape.half
    width = features.shape[2] - 2 * half
    layer = FIRST_BLOCK + BLOCK_LAYERS * block
    residual_of(calls, layer + 2, down, up)
    aim = new_aim(3 * half + 2)
    aim[STRIDES, HERE], aim[HERE, 0] = by_here, here
    point(calls, program, layer + 1, aim)
    aim[STRIDES, HERE], aim[HERE, 0] = by_opened, opened
    point(calls, program, layer + 2, aim)
    aim[STRIDES, WINDOW] = step
    for column in range(start, stop):
        place = address(features) + block * by_block + column * by_column
        above, beside = place + (1 - slot) * by_row, place + slot * by_row
        for tap in range(2 * half + 1):
            inside = row > 0 and 0 <= column + tap - half < width
            aim[WINDOW, tap] = above + tap * by_column if inside else 0
        for tap in range(half + 1):
            at = 2 * half + 1 + tap
            aim[WINDOW, at] = beside + tap * by_column if column + tap >= half else 0
        point(calls, program, layer, aim)
        middle = beside + half * by_column
        for image in range(0, images, ROWS):
            operands(calls, layer, image, high, apart, here, by_here, -OPERAND_MAX)
            if shape.conditioned:
                sums(calls, layer + 1, 0, high, below, apart)
                for i in range(ROWS):
                    _open(
                        int32s(high + i * apart, hidden),
                        int16s(given + (image + i) * by_image, hidden),
                        int16s(opened + i * by_opened, hidden),
                    )
            else:
                operands(calls, layer + 1, 0, high, apart, opened, by_opened, 0)
            before = middle + image * step
            after = before + by_block
            residual(calls, layer + 2, 0, high, apart, after, step, before)


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
    features, here = state.features, state.here
    blocks, images = steps.shape[1], out.shape[1]
    calls = new_calls(program)
    _first(program, calls, shape, state, row, start, stop, images)
    for block in range(blocks):
        down, up, hidden = steps[0, block], steps[1, block], steps[2, block]
        _block(
            program, calls, shape, state, block, row, start, stop, down, up, hidden, images
        )  # fmt: skip
    high, below, apart = address(state.high), address(state.below), 4 * state.high.shape[1]
    by_block, by_row, by_column, step, _ = features.strides
    aim, first = new_aim(1), FIRST_BLOCK + BLOCK_LAYERS * blocks
    aim[STRIDES, HERE], aim[HERE, 0] = here.strides[0], address(here)
    for group in range(groups.shape[1]):
        point(calls, program, first + group, aim)
    last = address(features) + blocks * by_block + row % 2 * by_row + shape.half * by_column
    for column in range(start, stop):
        for image in range(0, images, ROWS):
            place = last + column * by_column + image * step
            _rectify(int16s(place, here.size), int16s(address(here), here.size))
            begun = 0
            for group in range(groups.shape[1]):
                sums(calls, first + group, 0, high, below, apart)
                size, up = groups[0, group], groups[1, group]
                for i in range(min(ROWS, images - image)):
                    for f in range(size):
                        value = np.int64(state.high[i, f]) << up
                        out[column - start, image + i, begun + f] = value
                begun += size
