"""What symbols cost by a distribution, and what they are expected to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import TOTAL, Distribution, Ints
from acncodec.stack.ans_kernels import total_information


def information(symbols: Ints, distribution: Distribution) -> float:
    """Sum of -log2(frequency / 2^24) over symbols (n,), bits."""
    return float(total_information(distribution.interval(symbols).frequencies))


def entropy(distribution: Distribution) -> tuple[float, float]:
    """Entropy and variance of the information content, bits, summed over the n symbols."""
    rows = distribution.frequencies()
    alike = len(distribution) / len(rows) if len(rows) else 0
    share: NDArray[np.float64] = rows / TOTAL
    bits = -np.log2(share)
    mean = (share * bits).sum(1)
    variance = float((share * bits * bits).sum() - (mean * mean).sum())
    return float(mean.sum()) * alike, variance * alike
