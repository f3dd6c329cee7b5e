"""A tile's result added to the features that it began with, each at its own scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.arithmetic.operands import operand32
from acncodec.engines.int16.tile import ROWS
from acncodec.run.compiled import compiled

MAX_LIFT = 15
"""The two scales may differ by so many bits."""


@compiled()
def add_residual(
    high: Any, below: Any, before: Any, after: Any, shift: Any, up: Any, filters: int
) -> None:
    """after = (before 2^up + sum) / 2^shift, the sum being high 2^shift + below.

    high, below: int32 (ROWS, outputs); before, after: int16 (ROWS, F); shift, up: int32, at most
    `MAX_LIFT` apart. No number of 64 bits appears.
    """
    finer = max(np.int32(0), np.int32(shift - up))
    lift = max(np.int32(0), np.int32(up - shift))
    mask = np.int32((np.int32(1) << finer) - np.int32(1))
    lower = min(up, np.int32(30))
    for i in range(ROWS):
        _add_row(high[i], below[i], before[i], after[i], shift, finer, lift, mask, lower, filters)


@compiled()
def _add_row(
    high: Any, below: Any, before: Any, after: Any, shift: Any, finer: Any, lift: Any, mask: Any,
    lower: Any, filters: int,
) -> None:  # fmt: skip
    """One row: by itself, a loop that compilers carry out on whole registers."""
    for f in range(filters):
        h = np.int32(before[f])
        # What the division keeps of h << up, and what it must still see.
        kept = np.int32(np.int32(np.int32(h >> finer) << lift) + high[f])
        seen = np.int32(np.int32(np.int32(h & mask) << lower) + below[f])
        after[f] = operand32(np.int32(kept + np.int32(seen >> shift)))
