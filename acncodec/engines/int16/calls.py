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
    call_tile,
    define_tiles,
    lanes,
    place_16,
    place_32,
    place_48,
    place_64,
)
from acncodec.engines.int16.tile_code import (
    COUNT,
    DIVISION,
    FINER,
    LIFT,
    LINE,
    LOW_AT,
    LOWER,
    OPERANDS,
    PAIRS_AT,
    PASSED_AT,
    PLACE,
    RESIDUAL,
    RUN_NUMBERS,
    RUNS_AT,
    SHIFTS_AT,
    START_AT,
    STRIDES_AT,
    SUMS,
    TILE,
    TILES,
    UPS_AT,
    WEIGHTS_AT,
)
from acncodec.run.compiled import compiled

if lanes():  # before any loop that is kept is loaded: a name without an address ends the process
    define_tiles()

_SUMS, _OPERANDS, _RESIDUAL = map(np.int64, (SUMS, OPERANDS, RESIDUAL))
_NARROW, _WIDE, _NONE, _LEAST = map(np.int64, (2, 4, 0, -OPERAND_MAX))
"""As NumPy's integers, so that one compiled function serves all calls."""

SOURCES = 7
"""A layer takes its inputs from at most this many arrays."""
STRIDES = SOURCES
"""The row of an aim below those of the sources: bytes between rows."""


@compiled()
def _place_of(width: Any) -> Any:
    """Where the function of a tile is."""
    if width == 64:
        return place_64()
    if width == 48:
        return place_48()
    if width == 32:
        return place_32()
    return place_16()


@compiled()
def new_calls(program: Any) -> Any:
    """The call of each layer (`tile_code`), int64 (layers, all); for as long as the arrays of the
    program stay where they are. `point` and `residual_of` add what is missing."""
    layers, longest = program.layers, program.longest
    calls = np.zeros((len(layers), RUNS_AT + RUN_NUMBERS * longest), np.int64)
    runs, line = address(program.runs), 8 * program.runs.shape[1]
    weights, start, low = address(program.weights), address(program.start), address(program.low)
    for layer in range(len(layers)):
        first = 8 * layers[layer, FIRST_RUN]
        output = 4 * layers[layer, FIRST_OUTPUT]
        calls[layer, COUNT], calls[layer, TILES] = layers[layer, RUNS], layers[layer, COLUMNS]
        calls[layer, TILE], calls[layer, DIVISION] = layers[layer, WIDTH], layers[layer, SHIFT]
        calls[layer, LINE] = 4 * layers[layer, PAIRS] * layers[layer, WIDTH]
        calls[layer, SHIFTS_AT] = runs + 4 * line + first
        calls[layer, UPS_AT] = runs + 5 * line + first
        calls[layer, WEIGHTS_AT] = weights + 2 * layers[layer, FIRST_WEIGHT]
        calls[layer, START_AT], calls[layer, LOW_AT] = start + output, low + output
        calls[layer, PLACE] = _place_of(calls[layer, TILE])
        numbers = address(calls) + 8 * (layer * calls.shape[1] + RUNS_AT)
        calls[layer, STRIDES_AT] = numbers + 8 * longest
        calls[layer, PAIRS_AT] = numbers + 16 * longest
        calls[layer, PASSED_AT] = numbers + 24 * longest
    return calls


@compiled()
def new_aim(taps: int) -> Any:
    """int64 (SOURCES + 1, n): the addresses of the taps of each source, 0 for one where all is
    zero, and by source the bytes from a row to the next, all to be filled in."""
    return np.zeros((SOURCES + 1, max(taps, SOURCES)), np.int64)


@compiled()
def point(calls: Any, program: Any, layer: Any, aim: Any) -> None:
    """Let row 0 of a layer's inputs be where `aim` says."""
    runs, longest = program.runs, program.longest
    begin, width = program.layers[layer, FIRST_RUN], calls[layer, TILE]
    for s in range(calls[layer, COUNT]):
        source, pairs, at = runs[0, begin + s], runs[3, begin + s], RUNS_AT + s
        place = aim[source, runs[1, begin + s]]
        calls[layer, at] = place + 2 * runs[2, begin + s]
        calls[layer, at + longest] = aim[STRIDES, source]
        calls[layer, at + 2 * longest] = pairs if place else 0
        calls[layer, at + 3 * longest] = 0 if place else 4 * width * pairs


@compiled()
def residual_of(calls: Any, layer: Any, shift: Any, up: Any) -> None:
    """Let what `residual` adds be at 2^up of the layer's sums, which are divided by 2^shift."""
    finer, lift, lower = residual_shifts(shift, up)
    calls[layer, FINER], calls[layer, LIFT], calls[layer, LOWER] = finer, lift, lower


@compiled()
def _tiles(
    kind: Any, calls: Any, layer: Any, first: Any, high: Any, apart: Any, out: Any, step: Any,
    size: Any, least: Any, given: Any,
) -> None:  # fmt: skip
    """All tiles of a layer; size: bytes of a number of `out`."""
    width, c = calls[layer, TILE], address(calls) + 8 * layer * calls.shape[1]
    w, b, m = calls[layer, WEIGHTS_AT], calls[layer, START_AT], calls[layer, LOW_AT]
    h, r, g, place = high, out, given, calls[layer, PLACE]
    for _ in range(calls[layer, TILES]):
        call_tile(place, kind, c, w, b, m, h, apart, r, step, first, least, g)
        w += calls[layer, LINE]
        b, m, h = b + 4 * width, m + 4 * width, h + 4 * width
        r, g = r + size * width, g + size * width


@compiled(inline="always")
def sums(calls: Any, layer: Any, first: Any, high: Any, below: Any, apart: Any) -> None:
    """One tile of a layer, rows first .. first + ROWS - 1 of its inputs.

    high, below: addresses of int32, ROWS lines `apart` bytes apart: they become floor(sum /
    2^shift) and the rest.
    """
    _tiles(_SUMS, calls, layer, np.int64(first), high, apart, below, apart, _WIDE, _NONE, _NONE)


@compiled(inline="always")
def operands(
    calls: Any, layer: Any, first: Any, high: Any, apart: Any, out: Any, step: Any, least: Any
) -> None:
    """The same, but that the sums become operands, none below `least`.

    out: address of int16, ROWS lines `step` bytes apart, each with room for all tiles; high, apart:
    as for `sums`, for use meanwhile.
    """
    _tiles(
        _OPERANDS, calls, layer, np.int64(first), high, apart, out, step, _NARROW, np.int64(least),
        _NONE,
    )  # fmt: skip


@compiled(inline="always")
def residual(
    calls: Any, layer: Any, first: Any, high: Any, apart: Any, out: Any, step: Any, given: Any
) -> None:
    """The same, but that the operands at the address `given`, which lie as `out` does, are added to
    the sums at their own scale (`residual_of`)."""
    _tiles(_RESIDUAL, calls, layer, np.int64(first), high, apart, out, step, _NARROW, _LEAST, given)


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
