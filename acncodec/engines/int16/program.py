"""Layers end to end as compiled loops take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.engines.int16.layer_plan import Int16s, LayerPlan, aligned

Ints = NDArray[np.int64]


class Program(NamedTuple):
    """Plans of several layers end to end, as compiled loops take them.

    layers: int64 (n, 8), by the columns named below; runs: int64 (6, all): source, tap, first,
    pairs, shift, up; weights: int16; start, low: int32; longest: the most runs of a layer. No
    address is in it, so that a copy of it is as good as the first; `calls.new_calls` adds offsets
    to where the arrays are when it is called.
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
