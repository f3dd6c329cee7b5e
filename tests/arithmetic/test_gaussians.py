"""Integer bins, soft maxima and posteriors against plain Python integers and floats."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from acncodec.arithmetic.gaussians import (
    WEIGHT_BITS,
    mixture_bins,
    posterior_frequencies,
    soft_maximum,
)
from acncodec.arithmetic.tables import TOTAL, tables


def plain_bins(weights: list[int], means: list[int], inverses: list[int], reach: int) -> list[int]:
    """`mixture_bins` for one row, in unbounded Python integers."""
    gauss = tables().gauss.tolist()
    spread = TOTAL - (2 * reach + 1)
    cumulative = [0]
    for point in range(-reach, reach):
        total = 0
        for w, m, i in zip(weights, means, inverses, strict=True):
            argument = (((point << 8) + 128 - m) * i) >> 16
            size = min(abs(argument), len(gauss) - 1)
            total += w * (gauss[size] if argument >= 0 else TOTAL - gauss[size])
        cumulative.append((total * spread) >> 38)
    cumulative.append(spread)
    return (np.diff(cumulative) + 1).tolist()


def test_bins_equal_unbounded_integer_arithmetic() -> None:
    rng = np.random.default_rng(0)
    reach, rows, parts = 40, 30, 5
    weights = np.empty((rows, parts), np.int64)
    logits = rng.integers(-9000, 9000, (rows, parts))
    soft_maximum(logits, 1 << WEIGHT_BITS, tables().exp, weights)
    means = rng.integers(-(reach << 8), reach << 8, (rows, parts))
    inverses = rng.integers(2000, 262144, (rows, parts))
    out = np.empty((rows, 2 * reach + 1), np.int64)
    mixture_bins(weights, means, inverses, reach, tables().gauss, out)
    for row in range(rows):
        expected = plain_bins(
            weights[row].tolist(), means[row].tolist(), inverses[row].tolist(), reach
        )
        assert out[row].tolist() == expected
    assert (out >= 1).all() and (out.sum(1) == TOTAL).all()


def test_posterior_is_the_discretised_unit_gaussian() -> None:
    frequencies = posterior_frequencies(64, tables().gauss)
    edges = (np.arange(-64, 66) - 0.5) / 8
    exact = np.diff(norm.cdf(edges)) * TOTAL
    assert frequencies.sum() == TOTAL
    assert np.abs(frequencies - exact).max() < 130
    assert frequencies.tolist() == plain_bins([1 << 14], [0], [1 << 17], 64)


def test_soft_maximum_sums_exactly_and_breaks_ties_low() -> None:
    logits = np.array([[0, 0, 0], [5000, -20000, 100], [-3, -3, -4]])
    out = np.empty_like(logits)
    soft_maximum(logits, 1 << 14, tables().exp, out)
    assert (out.sum(1) == 1 << 14).all() and (out >= 0).all()
    assert out[0, 0] >= out[0, 1] == out[0, 2]
    shares = np.exp(logits / 1024 - logits.max(1, keepdims=True) / 1024)
    shares /= shares.sum(1, keepdims=True)
    assert np.abs(out / (1 << 14) - shares).max() < 3e-4
