"""Non-negative integers turned into shares of a whole, in proportion, with one division a row.

For weights, products of weights and softmaxes: whatever is to sum to a power of two.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.run.compiled import compiled

SHARE_BITS = 30
WHOLE = 1 << SHARE_BITS
"""Shares of a row sum to this."""

_SUM_BITS = 32
_RECIPROCAL_BITS = SHARE_BITS + _SUM_BITS


@compiled(inline="always")
def bit_length(number: Any) -> Any:
    """Binary digits of an integer of 0 .. 2^63 - 1; 0 has none."""
    bits = np.int64(0)
    rest = np.int64(number)
    for step in (32, 16, 8, 4, 2, 1):
        more = np.int64(rest >> step > 0) * step
        rest >>= more
        bits += more
    return bits + rest


@compiled()
def to_shares(rows: Any, count: int, kept: int) -> None:
    """Turn the first `count` numbers of each row, non-negative, of a sum 1 .. 2^62, into shares
    that sum to 2^30.

    The first `kept` of them get 1 beside their part, so that they never vanish; what is over, or
    lacking, goes to the lowest index of the largest, which stays positive for at most 2^14 numbers.

    A row is cut to a sum N of at most 32 binary digits. It is not 0 then: what is cut is below
    `count` units of at least 2^31. With r = floor(2^62 / N) the sum of all u_k r is at most 2^62,
    so that no product and no sum leaves 63 bits.

    All rows at once, for a function counts the uses of an array that it is given, each time.
    """
    for row in range(len(rows)):
        total = np.int64(0)
        for k in range(count):
            total += rows[row, k]
        shift = max(bit_length(total) - _SUM_BITS, 0)
        total, largest, best = np.int64(0), np.int64(-1), 0
        for k in range(count):
            unit = rows[row, k] >> shift
            rows[row, k] = unit
            total += unit
            if unit > largest:
                largest, best = unit, k
        reciprocal = (1 << _RECIPROCAL_BITS) // total
        left = np.int64(WHOLE - kept)
        for k in range(count):
            share = (rows[row, k] * reciprocal) >> _SUM_BITS
            left -= share
            rows[row, k] = share + np.int64(k < kept)
        rows[row, best] += left
