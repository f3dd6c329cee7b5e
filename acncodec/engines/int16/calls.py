"""Tiles of a program's layers: where their inputs are, and what becomes of their sums.

    calls = new_calls(program)                          once for some columns
    aim[...] = ...; point(calls, program, layer, aim)   once a column
    sums(calls, layer, first, ...)                      for each tile of images

No array is sliced on the way (`memory`), and all that does not differ between tiles stays where
it was once written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.engines.int16.memory import address
from acncodec.engines.int16.program import (
    COLUMNS,
    FIRST_OUTPUT,
    FIRST_RUN,
    FIRST_WEIGHT,
    PAIRS,
    RUNS,
    SHIFT,
    WIDTH,
)
from acncodec.engines.int16.residual import residual_shifts
from acncodec.engines.int16.tile import (
    operands_16,
    operands_32,
    operands_48,
    operands_64,
    residual_16,
    residual_32,
    residual_48,
    residual_64,
    sums_16,
    sums_32,
    sums_48,
    sums_64,
)
from acncodec.engines.int16.tile_code import (
    COUNT,
    DIVISION,
    FINER,
    LIFT,
    LINE,
    LOW_AT,
    LOWER,
    PAIRS_AT,
    RUNS_AT,
    SHIFTS_AT,
    START_AT,
    STRIDES_AT,
    TILE,
    TILES,
    UPS_AT,
    WEIGHTS_AT,
)
from acncodec.run.compiled import compiled

SOURCES = 7
"""A layer takes its inputs from at most this many arrays."""
STRIDES = SOURCES
"""The row of an aim below those of the sources: bytes between rows."""


@compiled()
def new_calls(program: Any) -> Any:
    """The call of each layer (`tile_code`), int64 (layers, all); for as long as the arrays of the
    program stay where they are. `point` and `residual_of` add what is missing."""
    layers, longest = program.layers, program.longest
    calls = np.zeros((len(layers), RUNS_AT + 2 * longest), np.int64)
    runs, line = address(program.runs), 8 * program.runs.shape[1]
    weights, start, low = address(program.weights), address(program.start), address(program.low)
    for layer in range(len(layers)):
        first = 8 * layers[layer, FIRST_RUN]
        output = 4 * layers[layer, FIRST_OUTPUT]
        calls[layer, COUNT], calls[layer, TILES] = layers[layer, RUNS], layers[layer, COLUMNS]
        calls[layer, TILE], calls[layer, DIVISION] = layers[layer, WIDTH], layers[layer, SHIFT]
        calls[layer, LINE] = 4 * layers[layer, PAIRS] * layers[layer, WIDTH]
        calls[layer, PAIRS_AT] = runs + 3 * line + first
        calls[layer, SHIFTS_AT] = runs + 4 * line + first
        calls[layer, UPS_AT] = runs + 5 * line + first
        calls[layer, WEIGHTS_AT] = weights + 2 * layers[layer, FIRST_WEIGHT]
        calls[layer, START_AT], calls[layer, LOW_AT] = start + output, low + output
        strides = layer * calls.shape[1] + RUNS_AT + longest
        calls[layer, STRIDES_AT] = address(calls) + 8 * strides
    return calls


@compiled()
def new_aim(taps: int) -> Any:
    """int64 (SOURCES + 1, n): the addresses of the taps of each source, and by source the bytes
    from a row to the next, all to be filled in."""
    return np.zeros((SOURCES + 1, max(taps, SOURCES)), np.int64)


@compiled()
def point(calls: Any, program: Any, layer: Any, aim: Any) -> None:
    """Let row 0 of a layer's inputs be where `aim` says."""
    runs, longest = program.runs, program.longest
    begin = program.layers[layer, FIRST_RUN]
    for s in range(calls[layer, COUNT]):
        source = runs[0, begin + s]
        place = aim[source, runs[1, begin + s]] + 2 * runs[2, begin + s]
        calls[layer, RUNS_AT + s] = place
        calls[layer, RUNS_AT + longest + s] = aim[STRIDES, source]


@compiled()
def residual_of(calls: Any, layer: Any, shift: Any, up: Any) -> None:
    """Let what `residual` adds be at 2^up of the layer's sums, which are divided by 2^shift."""
    finer, lift, lower = residual_shifts(shift, up)
    calls[layer, FINER], calls[layer, LIFT], calls[layer, LOWER] = finer, lift, lower


@compiled()
def sums(calls: Any, layer: Any, first: Any, high: Any, below: Any, apart: Any) -> None:
    """One tile of a layer, rows first .. first + ROWS - 1 of its inputs.

    high, below: addresses of int32, ROWS lines `apart` bytes apart: they become floor(sum /
    2^shift) and the rest.
    """
    width, c = calls[layer, TILE], address(calls) + 8 * layer * calls.shape[1]
    w, b, m = calls[layer, WEIGHTS_AT], calls[layer, START_AT], calls[layer, LOW_AT]
    h, s, r = high, apart, below
    for _ in range(calls[layer, TILES]):
        if width == 64:
            sums_64(c, w, b, m, h, s, r, s, first, 0, 0)
        elif width == 48:
            sums_48(c, w, b, m, h, s, r, s, first, 0, 0)
        elif width == 32:
            sums_32(c, w, b, m, h, s, r, s, first, 0, 0)
        else:
            sums_16(c, w, b, m, h, s, r, s, first, 0, 0)
        w += calls[layer, LINE]
        b, m, h, r = b + 4 * width, m + 4 * width, h + 4 * width, r + 4 * width


@compiled()
def operands(
    calls: Any, layer: Any, first: Any, high: Any, apart: Any, out: Any, step: Any, least: Any
) -> None:
    """The same, but that the sums become operands, none below `least`.

    out: address of int16, ROWS lines `step` bytes apart, each with room for all tiles; high, apart:
    as for `sums`, for use meanwhile.
    """
    width, c = calls[layer, TILE], address(calls) + 8 * layer * calls.shape[1]
    w, b, m = calls[layer, WEIGHTS_AT], calls[layer, START_AT], calls[layer, LOW_AT]
    h, s, r = high, apart, out
    for _ in range(calls[layer, TILES]):
        if width == 64:
            operands_64(c, w, b, m, h, s, r, step, first, least, 0)
        elif width == 48:
            operands_48(c, w, b, m, h, s, r, step, first, least, 0)
        elif width == 32:
            operands_32(c, w, b, m, h, s, r, step, first, least, 0)
        else:
            operands_16(c, w, b, m, h, s, r, step, first, least, 0)
        w += calls[layer, LINE]
        b, m, h, r = b + 4 * width, m + 4 * width, h + 4 * width, r + 2 * width


@compiled()
def residual(
    calls: Any, layer: Any, first: Any, high: Any, apart: Any, out: Any, step: Any, given: Any
) -> None:
    """The same, but that the operands at the address `given`, which lie as `out` does, are added to
    the sums at their own scale (`residual_of`)."""
    width, c = calls[layer, TILE], address(calls) + 8 * layer * calls.shape[1]
    w, b, m = calls[layer, WEIGHTS_AT], calls[layer, START_AT], calls[layer, LOW_AT]
    h, s, r, g = high, apart, out, given
    for _ in range(calls[layer, TILES]):
        if width == 64:
            residual_64(c, w, b, m, h, s, r, step, first, -OPERAND_MAX, g)
        elif width == 48:
            residual_48(c, w, b, m, h, s, r, step, first, -OPERAND_MAX, g)
        elif width == 32:
            residual_32(c, w, b, m, h, s, r, step, first, -OPERAND_MAX, g)
        else:
            residual_16(c, w, b, m, h, s, r, step, first, -OPERAND_MAX, g)
        w += calls[layer, LINE]
        b, m, h = b + 4 * width, m + 4 * width, h + 4 * width
        r, g = r + 2 * width, g + 2 * width


@compiled()
def multiply(program: Any, layer: Any, aim: Any, high: Any, below: Any) -> None:
    """One tile of a layer by itself: its sums, int32 (ROWS, outputs)."""
    calls = new_calls(program)
    point(calls, program, layer, aim)
    sums(calls, layer, 0, address(high), address(below), 4 * high.shape[1])


@compiled()
def multiply_to_operands(
    program: Any, layer: Any, aim: Any, high: Any, out: Any, least: Any
) -> None:  # fmt: skip
    """The same, its operands, int16 (ROWS, outputs)."""
    calls = new_calls(program)
    point(calls, program, layer, aim)
    apart, step = 4 * high.shape[1], 2 * out.shape[1]
    operands(calls, layer, 0, address(high), apart, address(out), step, least)
