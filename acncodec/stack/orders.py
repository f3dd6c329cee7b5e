"""What orders are worth: logarithms of how many there are."""

from __future__ import annotations

import math
from collections.abc import Iterable


def permutation_bits(count: int) -> float:
    """log2 count!, the price of a stored order of so many things."""
    return math.lgamma(count + 1) / math.log(2)


def arrangement_bits(counts: Iterable[int]) -> float:
    """log2 of in how many ways things of several kinds, so many of each, can lie in a row."""
    parts = list(counts)
    return permutation_bits(sum(parts)) - sum(map(permutation_bits, parts))
