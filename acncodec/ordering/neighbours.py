"""Candidate neighbours: near by Euclidean distance, ranked by what they are expected to cost."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.run.compiled import compiled

Ints = NDArray[np.int64]
ROWS = 200
"""Rows between two chances for an interrupt to be heard."""


@compiled()
def _nearest_rows(columns: Any, start: int, out: Any) -> None:
    """The nearest others of items start.. by squared distance, ties to the lower index."""
    dims, count = columns.shape
    distances = np.empty(count, np.int32)
    best = np.empty(out.shape[1], np.int64)
    for row in range(out.shape[0]):
        distances[:] = 0
        for d in range(dims):
            here = columns[d, start + row]
            for other in range(count):
                difference = columns[d, other] - here
                distances[other] += difference * difference
        found = 0
        for other in range(count):
            if other == start + row:
                continue
            distance = np.int64(distances[other])
            if found == len(best) and distance >= best[found - 1]:
                continue
            if found < len(best):
                found += 1
            slot = found - 1
            while slot > 0 and best[slot - 1] > distance:
                best[slot] = best[slot - 1]
                out[row, slot] = out[row, slot - 1]
                slot -= 1
            best[slot] = distance
            out[row, slot] = other


def nearest_to(codes: Ints, rows: Ints) -> Ints:
    """The nearest other code of codes[rows]; codes: (N, D), N > 1; rows: different ones, (n,).

    Returns int64 (n,). Takes time in n N D.
    """
    others = np.delete(np.arange(len(codes)), rows)
    order = np.concatenate([rows, others])
    columns = np.ascontiguousarray(codes[order].T.astype(np.int32))
    out = np.empty((len(rows), 1), np.int64)
    for start in range(0, len(rows), ROWS):
        _nearest_rows(columns, start, out[start : start + ROWS])
    found: Ints = order[out[:, 0]]
    return found


def nearest(codes: Ints, count: int) -> Ints:
    """The `count` (at most N - 1) nearest other codes of each of codes (N, D), nearest first.

    Returns int64 (N, count). Takes time in N^2 D.
    """
    items = len(codes)
    out = np.empty((items, max(0, min(count, items - 1))), np.int64)
    columns = np.ascontiguousarray(codes.T.astype(np.int32))
    for start in range(0, items, ROWS):
        _nearest_rows(columns, start, out[start : start + ROWS])
    return out


def candidates(costs: ExpectedCosts, codes: Ints, shortlist: int, count: int) -> Ints:
    """For each item, the `count` cheapest of its `shortlist` nearest, cheapest first.

    Ranked by both directions together, c(i -> j) + c(j -> i). Returns these items and
    sums, int64 (2, N, count).
    """
    near = nearest(codes, shortlist)
    items, width = near.shape
    here = np.repeat(np.arange(items), width)
    sums = np.empty(len(here), np.int64)
    for start in range(0, len(here), 1 << 16):
        part = slice(start, start + (1 << 16))
        there = near.ravel()[part]
        sums[part] = costs.pairs(here[part], there) + costs.pairs(there, here[part])
    both = sums.reshape(near.shape)
    ranks = np.argsort(both, 1, kind="stable")[:, :count]
    return np.stack([np.take_along_axis(part, ranks, 1) for part in (near, both)])
