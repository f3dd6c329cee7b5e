"""Layers end to end as compiled loops take them, and one tile of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.compiled import compiled
from acncodec.engines.int16.layer_plan import Narrow, Plan, aligned
from acncodec.engines.int16.tile import tile_16, tile_32, tile_64

Ints = NDArray[np.int64]

SOURCES = 7
"""A layer takes its inputs from at most this many arrays."""
STRIDES, ADDRESSES = SOURCES, SOURCES + 1
"""Rows of an aim below those of the sources: bytes between rows, and what a tile is given."""


class Program(NamedTuple):
    """Plans of several layers end to end, as compiled loops take them.

    calls: int64 (n, 12), what a tile of each layer is called with, addresses in the other arrays
    among it (`join`); segments: int64 (6, all): source, tap, first, pairs, shift, up; weights:
    int16; start, low: int32.
    """

    calls: Ints
    segments: Ints
    weights: Narrow
    start: NDArray[np.int32]
    low: NDArray[np.int32]


def join(plans: Sequence[Plan]) -> Program:
    """One program of `plans`, in this order."""
    table = [np.stack([p.sources, p.taps, p.firsts, p.pairs, p.shifts, p.ups]) for p in plans]
    segments = np.ascontiguousarray(np.concatenate(table, 1).astype(np.int64))
    weights = aligned((sum(plan.weights.size for plan in plans),))
    weights[:] = np.concatenate([plan.weights.ravel() for plan in plans])
    start = np.concatenate([plan.start for plan in plans])
    low = np.concatenate([plan.low for plan in plans])
    calls, segment, weight, bias = [], 0, 0, 0
    for plan in plans:
        columns, lines, width, _ = plan.weights.shape
        rows = [segments[row, segment:].ctypes.data for row in (3, 4, 5)]
        places = weights[weight:].ctypes.data, start[bias:].ctypes.data, low[bias:].ctypes.data
        count = len(plan.pairs)
        calls.append((count, *rows, *places, plan.shift, width, columns, lines, segment))
        segment, weight, bias = segment + count, weight + plan.weights.size, bias + len(plan.start)
    return Program(np.array(calls, np.int64), segments, weights, start, low)


@compiled()
def multiply(calls: Any, layer: Any, segments: Any, aim: Any, high: Any, below: Any) -> None:
    """One tile of a layer: floor(sum / 2^shift) to high, the rest to below, int32 (ROWS, outputs).

    calls, segments: of a program; aim: as `new_aim` makes it, with the address of each tap of
    each source and by source the bytes from a row to the next.
    """
    count, p, d, u = calls[layer, 0], calls[layer, 1], calls[layer, 2], calls[layer, 3]
    w, b, m, shift = calls[layer, 4], calls[layer, 5], calls[layer, 6], calls[layer, 7]
    width, columns, begin = calls[layer, 8], calls[layer, 9], calls[layer, 11]
    for s in range(count):
        source = segments[0, begin + s]
        aim[ADDRESSES, s] = aim[source, segments[1, begin + s]] + 2 * segments[2, begin + s]
        aim[ADDRESSES + 1, s] = aim[STRIDES, source]
    a = aim.ctypes.data + 8 * ADDRESSES * aim.shape[1]
    s = a + 8 * aim.shape[1]
    h, r, apart = high.ctypes.data, below.ctypes.data, 4 * high.shape[1]
    for _ in range(columns):
        if width == 64:
            tile_64(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
        elif width == 32:
            tile_32(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
        else:
            tile_16(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
        w += 4 * calls[layer, 10] * width
        b, m, h, r = b + 4 * width, m + 4 * width, h + 4 * width, r + 4 * width


@compiled()
def new_aim(program: Any, taps: int) -> Any:
    """int64 (SOURCES + 3, n): where the inputs of a tile are, to be filled in."""
    longest = 0
    for layer in range(len(program.calls)):
        longest = max(longest, program.calls[layer, 0])
    return np.zeros((SOURCES + 3, max(taps, longest, SOURCES)), np.int64)
