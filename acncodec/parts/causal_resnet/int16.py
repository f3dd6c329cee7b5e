"""The any-size decoder on 15-bit operands: its layers as one program, and a pass through it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.engines.int16.layer_plan import Int16s, LayerPlan, Piece, plan_layer
from acncodec.engines.int16.program import Program, widest
from acncodec.engines.int16.residual import MAX_LIFT
from acncodec.engines.int16.tile import ROWS
from acncodec.parts.causal_resnet.int16_kernels import (
    HERE,
    PLANES,
    WINDOW,
    ResNetState,
    Shape,
    put_values,
    span_outputs,
)
from acncodec.parts.causal_resnet.layers import ResNetLayers, columns_between
from acncodec.parts.planes import plane_operands

Ints = NDArray[np.int64]
Pixels = NDArray[np.integer[Any]]
LoopKey = tuple[Program, Shape, ResNetState, Ints, Ints, Int16s]
BLOCK = 16
"""Features are kept in multiples of this."""


def plan_decoder(layers: ResNetLayers) -> list[LayerPlan | None]:
    """The plans of all layers in the order of `int16_kernels`; None for what has none."""
    reach, width = layers.first_reach, layers.width
    line = (2 * reach + 1) * layers.planes
    above = [Piece(PLANES, row, line) for row in range(reach)]
    window = [Piece(WINDOW, tap, width) for tap in range(layers.taps)]
    plans = [plan_layer(layers.first, [*above, Piece(PLANES, reach, reach * layers.planes)])]
    for block in layers.blocks:
        hidden = len(block.widen.weight)
        plans.append(plan_layer(block.window, window))
        plans.append(plan_layer(block.widen, [Piece(HERE, 0, width)]))
        plans.append(plan_layer(block.narrow, [Piece(HERE, 0, hidden)]))
    plans += [plan_layer(group.affine, [Piece(HERE, 0, width)]) for group in layers.outputs]
    return plans if max(map(abs, np.diff(layers.scales)), default=0) <= MAX_LIFT else [None]


class Int16Decoder:
    """The program of a decoder, and what its passes have in common."""

    def __init__(self, layers: ResNetLayers, program: Program) -> None:
        self.layers, self.program, self.widest = layers, program, widest(program)
        hidden = [len(block.widen.weight) for block in layers.blocks]
        shifts = [block.narrow.shift for block in layers.blocks]
        self.shape = Shape(
            layers.first_reach, layers.columns // 2, layers.width, max(hidden, default=0),
            layers.latent_dim > 0, layers.places is not None,
        )  # fmt: skip
        told = layers.places
        shape = (1, 1, 0) if told is None else (*told.shape[:2], _up(layers.width, BLOCK))
        self.places = np.zeros(shape, np.int16)
        if told is not None:
            self.places[..., : layers.width] = told
        self.steps = np.array([shifts, layers.ups, hidden], np.int64).reshape(3, -1)
        groups = [(len(group.affine.weight), group.up) for group in layers.outputs]
        self.groups = np.array(groups, np.int64).T.copy()


def _up(size: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-size // step) * step


class Int16Pass:
    """n images side by side, as `float64.Float64Pass` has them."""

    def __init__(self, decoder: Int16Decoder, width: int, levels: int, z: Ints) -> None:
        layers, shape = decoder.layers, decoder.shape
        self._decoder, self._count, self._width = decoder, len(z), width
        self._operands = plane_operands(levels)
        count, blocks = _up(len(z), ROWS), len(layers.blocks)
        features, hidden = _up(shape.width, BLOCK), _up(shape.hidden, BLOCK)
        self._state = state = ResNetState(
            # One column more than is seen: an odd window is read in pairs.
            planes=np.zeros(
                (shape.reach + 1, count, width + 2 * shape.reach + 1, layers.planes), np.int16
            ),
            features=np.zeros((blocks + 1, 2, width + 2 * shape.half, count, features), np.int16),
            conditions=np.zeros((blocks, count if shape.conditioned else 0, hidden), np.int16),
            high=np.zeros((ROWS, decoder.widest), np.int32),
            below=np.zeros((ROWS, decoder.widest), np.int32),
            here=np.zeros((ROWS, features), np.int16),
            hidden=np.zeros((ROWS, hidden), np.int16),
            places=decoder.places,
        )
        for place, condition in zip(state.conditions, layers.conditions(z), strict=True):
            if condition is not None:
                place[: len(z), : condition.shape[1]] = condition

    @property
    def loop_key(self) -> LoopKey:
        """What `span_outputs` wants but for the place and where to put what it gives, and what
        `put_values` does."""
        decoder = self._decoder
        return (
            decoder.program, decoder.shape, self._state, decoder.steps, decoder.groups,
            self._operands,
        )  # fmt: skip

    def begin_row(self, row: int) -> None:
        """Nothing: a row above is where it was written."""

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Columns start..stop-1 of `row` become known: values (n, C, stop - start)."""
        planes, reach = self._state.planes, self._decoder.shape.reach
        place = planes[row % len(planes), :, reach + start : reach + stop]
        put_values(place, self._operands, values)

    def outputs(self, row: int, start: int, stop: int, count: int | None = None) -> Ints:
        """What the network gives for columns start..stop-1 of `row`, int64 (stop - start, n, O); n
        is all images, or the first `count`, the others having no such columns.

        Everything to their left must be known, and spans must run from left to right.
        """
        decoder, images = self._decoder, self._count if count is None else count
        out = np.empty((stop - start, images, int(decoder.groups[0].sum())), np.int64)
        span_outputs(
            decoder.program, decoder.shape, self._state, row, start, stop, decoder.steps,
            decoder.groups, out,
        )  # fmt: skip
        self.hide(row, start, stop, images)
        return out

    def hide(self, row: int, start: int, stop: int, count: int) -> None:
        """Columns start..stop-1, which were computed of the first `count` images, are as outside of
        those that filled the last tile up."""
        if count < self._count:
            columns = slice(self._decoder.shape.half + start, self._decoder.shape.half + stop)
            self._state.features[:, row % 2, columns, count : _up(count, ROWS)] = 0

    def trim(self, row: int, starts: Ints, stops: Ints) -> None:
        """Columns starts[i]..stops[i]-1 of `row` are none of image i, of the first n, (n,)."""
        state, shape, count = self._state, self._decoder.shape, len(starts)
        outside = columns_between(starts, stops, self._width)
        columns = slice(shape.reach, shape.reach + self._width)
        state.planes[row % len(state.planes), :count, columns][outside] = 0
        columns = slice(shape.half, shape.half + self._width)
        state.features[:, row % 2, columns, :count][:, outside.T] = 0

    def keep(self, rows: Ints) -> None:
        """Go on with some of the images alone, rows (m,) of them."""
        state, count = self._state, _up(len(rows), ROWS)
        # What fills the last tile up is not looked at.
        filled = np.concatenate([rows, np.zeros(count - len(rows), np.int64)])
        conditions = state.conditions
        self._count = len(rows)
        self._state = state._replace(
            planes=np.ascontiguousarray(state.planes[:, filled]),
            features=np.ascontiguousarray(state.features[:, :, :, filled]),
            conditions=conditions[:, filled] if conditions.size else conditions,
        )
