"""What is done for every pixel position, where a handful of NumPy calls would cost more than the
entropy coder: are weights well-formed, and what did symbols cost. Compiled."""

from __future__ import annotations

import math
from typing import Any

from acncodec.compiled import compiled

WELL_FORMED, NOT_INTEGERS, WRONG_SUM = range(3)


@compiled()
def weights_fault(weights: Any, total: float) -> int:
    """What is wrong with weights, float64 (n, K): rows of non-negative integers, each adding up to
    `total`, are well-formed."""
    wrong = WELL_FORMED
    for row in range(weights.shape[0]):
        added = 0.0
        for k in range(weights.shape[1]):
            weight = weights[row, k]
            if not weight >= 0.0 or weight != math.floor(weight):
                return NOT_INTEGERS
            added += weight
        if added != total:
            wrong = WRONG_SUM
    return wrong


@compiled()
def total_information(symbols: Any, weights: Any, bits: int) -> float:
    """Sum of -log2((weight + 1) / 2^bits) over symbols (n,), weights float64 (n, K) or (1, K).

    Raises `IndexError` for a symbol outside its alternatives.
    """
    step = 0 if weights.shape[0] == 1 else 1
    added = lost = 0.0  # what each addition loses is added at the next (Kahan)
    for i in range(symbols.shape[0]):
        if not 0 <= symbols[i] < weights.shape[1]:
            raise IndexError("a symbol is outside its alternatives")
        term = bits - math.log2(weights[i * step, symbols[i]] + 1.0) - lost
        total = added + term
        lost = (total - added) - term
        added = total
    return float(added)
