"""Layers end to end as compiled loops take them, and one tile of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from acncodec.exact.segments import Narrow, Plan, aligned
from acncodec.exact.tile import tile_16, tile_32, tile_64

Ints = NDArray[np.int64]

SOURCES = 7
"""A layer takes its inputs from at most this many arrays."""


class Program(NamedTuple):
    """Plans of several layers end to end, as compiled loops take them.

    segments: int64 (6, all): source, tap, first, pairs, shift, up; layers: int64 (n, 8): where
    its segments begin and end, where its weights begin, its columns of tiles, their width,
    where its biases begin, its shift, its pairs; weights: int16; start, low: int32.
    """

    segments: Ints
    layers: Ints
    weights: Narrow
    start: NDArray[np.int32]
    low: NDArray[np.int32]


def join(plans: Sequence[Plan]) -> Program:
    """One program of `plans`, in this order."""
    layers, segment, weight, bias = [], 0, 0, 0
    for plan in plans:
        columns, lines, width, _ = plan.weights.shape
        count = len(plan.pairs)
        layers.append((segment, segment + count, weight, columns, width, bias, plan.shift, lines))
        segment, weight, bias = segment + count, weight + plan.weights.size, bias + len(plan.start)
    table = [np.stack([p.sources, p.taps, p.firsts, p.pairs, p.shifts, p.ups]) for p in plans]
    weights = aligned((weight,))
    weights[:] = np.concatenate([plan.weights.ravel() for plan in plans])
    return Program(
        np.ascontiguousarray(np.concatenate(table, 1).astype(np.int64)),
        np.array(layers, np.int64),
        weights,
        np.concatenate([plan.start for plan in plans]),
        np.concatenate([plan.low for plan in plans]),
    )


@njit(cache=True, nogil=True)
def multiply(program: Any, layer: int, aim: Any, high: Any, below: Any) -> None:
    """One tile of a layer: floor(sum / 2^shift) to high, the rest to below, int32 (ROWS, outputs).

    aim: int64 (SOURCES + 2, n): the address of
    each tap of each source in bytes, then, by source, the bytes from a row to the next.
    """
    begin, end, weights, columns, width, biases, shift, lines = program.layers[layer]
    count = end - begin
    addresses, strides = np.empty(count, np.int64), np.empty(count, np.int64)
    for s in range(count):
        source = program.segments[0, begin + s]
        addresses[s] = aim[source, program.segments[1, begin + s]]
        addresses[s] += 2 * program.segments[2, begin + s]
        strides[s] = aim[SOURCES, source]
    a, s = addresses.ctypes.data, strides.ctypes.data
    p, d = program.segments[3, begin:].ctypes.data, program.segments[4, begin:].ctypes.data
    u = program.segments[5, begin:].ctypes.data
    apart = high.strides[0]
    for column in range(columns):
        w = program.weights[weights + column * lines * width * 2 :].ctypes.data
        first = biases + column * width
        b, m = program.start[first:].ctypes.data, program.low[first:].ctypes.data
        h, r = high[0, column * width :].ctypes.data, below[0, column * width :].ctypes.data
        if width == 64:
            tile_64(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
        elif width == 32:
            tile_32(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
        else:
            tile_16(count, a, s, p, d, u, w, b, m, shift, h, r, apart)
