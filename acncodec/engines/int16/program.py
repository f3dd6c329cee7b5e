"""Layers end to end as compiled loops take them, and one tile of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.engines.int16.layer_plan import Int16s, LayerPlan, aligned
from acncodec.engines.int16.tile import tile_16, tile_32, tile_64
from acncodec.run.compiled import compiled

Ints = NDArray[np.int64]

SOURCES = 7
"""A layer takes its inputs from at most this many arrays."""
STRIDES, ADDRESSES = SOURCES, SOURCES + 1
"""Rows of an aim below those of the sources: bytes between rows, and what a tile is given."""


class Program(NamedTuple):
    """Plans of several layers end to end, as compiled loops take them.

    layers: int64 (n, 8), by the columns named below; runs: int64 (6, all): source, tap, first,
    pairs, shift, up; weights: int16; start, low: int32; longest: the most runs of a layer. No
    address is in it, so that a copy of it is as good as the first; `multiply` adds offsets to where
    the arrays are when it is called.
    """

    layers: Ints
    runs: Ints
    weights: Int16s
    start: NDArray[np.int32]
    low: NDArray[np.int32]
    longest: int


RUNS, FIRST_RUN, FIRST_WEIGHT, FIRST_OUTPUT, SHIFT, WIDTH, COLUMNS, PAIRS = range(8)
"""Columns of `Program.layers`: how many runs of inputs, which is the first; where the weights
begin and where start and low; the shift; outputs of a tile, how many tiles, pairs of inputs."""


def join(plans: Sequence[LayerPlan]) -> Program:
    """One program of `plans`, in this order."""
    table = [np.stack([p.sources, p.taps, p.firsts, p.pairs, p.shifts, p.ups]) for p in plans]
    runs = np.ascontiguousarray(np.concatenate(table, 1).astype(np.int64))
    weights = aligned((sum(plan.weights.size for plan in plans),))
    weights[:] = np.concatenate([plan.weights.ravel() for plan in plans])
    start = np.concatenate([plan.start for plan in plans])
    low = np.concatenate([plan.low for plan in plans])
    layers, run, weight, output = [], 0, 0, 0
    for plan in plans:
        columns, pairs, width, _ = plan.weights.shape
        layers.append((len(plan.pairs), run, weight, output, plan.shift, width, columns, pairs))
        run, weight = run + len(plan.pairs), weight + plan.weights.size
        output += len(plan.start)
    longest = max(len(plan.pairs) for plan in plans)
    return Program(np.array(layers, np.int64), runs, weights, start, low, longest)


def widest(program: Program) -> int:
    """Outputs of the widest layer, up to whole tiles."""
    return int((program.layers[:, WIDTH] * program.layers[:, COLUMNS]).max())


@compiled()
def multiply(program: Any, layer: Any, aim: Any, high: Any, below: Any) -> None:
    """One tile of a layer: floor(sum / 2^shift) to high, the rest to below, int32 (ROWS, outputs).

    aim: as `new_aim` makes it, with the address of each tap of each source and by source the
    bytes from a row to the next.
    """
    layers, runs = program.layers, program.runs
    count, begin, shift = layers[layer, RUNS], layers[layer, FIRST_RUN], layers[layer, SHIFT]
    width, columns = layers[layer, WIDTH], layers[layer, COLUMNS]
    for s in range(count):
        source = runs[0, begin + s]
        aim[ADDRESSES, s] = aim[source, runs[1, begin + s]] + 2 * runs[2, begin + s]
        aim[ADDRESSES + 1, s] = aim[STRIDES, source]
    a = aim.ctypes.data + 8 * ADDRESSES * aim.shape[1]
    s = a + 8 * aim.shape[1]
    line = 8 * runs.shape[1]
    p = runs.ctypes.data + 3 * line + 8 * begin
    d, u = p + line, p + 2 * line
    w = program.weights.ctypes.data + 2 * layers[layer, FIRST_WEIGHT]
    b = program.start.ctypes.data + 4 * layers[layer, FIRST_OUTPUT]
    m = program.low.ctypes.data + 4 * layers[layer, FIRST_OUTPUT]
    h, r, apart = high.ctypes.data, below.ctypes.data, 4 * high.shape[1]
    for _ in range(columns):
        if width == 64:
            tile_64(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
        elif width == 32:
            tile_32(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
        else:
            tile_16(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
        w += 4 * layers[layer, PAIRS] * width
        b, m, h, r = b + 4 * width, m + 4 * width, h + 4 * width, r + 4 * width


@compiled()
def new_aim(program: Any, taps: int) -> Any:
    """int64 (SOURCES + 3, n): where the inputs of a tile are, to be filled in."""
    return np.zeros((SOURCES + 3, max(taps, program.longest, SOURCES)), np.int64)
