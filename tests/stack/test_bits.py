"""What symbols cost, and what they are expected to."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from distribution_contract import random_frequencies

from acncodec.contracts.distribution import TOTAL
from acncodec.stack.bits import entropy, information
from acncodec.stack.distributions import Rows, Shared


def test_information_is_the_logarithm_of_the_frequencies() -> None:
    rows = random_frequencies(np.random.default_rng(4), 5000, 40)
    symbols = np.random.default_rng(5).integers(0, 40, 5000)
    exact = -np.log2(rows[np.arange(5000), symbols] / TOTAL).sum()
    assert information(symbols, Rows(rows)) == pytest.approx(exact, rel=1e-14)
    assert information(symbols[:0], Rows(rows[:0])) == 0


def test_information_and_entropy_agree() -> None:
    made = Shared(np.array([101, 3001, 70_001, TOTAL - 73_103]), 200_000)
    rng = np.random.default_rng(0)
    symbols = rng.choice(4, 200_000, p=made.frequencies()[0] / TOTAL)
    mean, variance = entropy(made)
    assert information(symbols, made) == pytest.approx(mean, rel=0.05)
    # Sums of so many draws: within five deviations, and on both sides of the mean.
    assert abs(information(symbols, made) - mean) < 5 * variance**0.5


def test_mean_and_variance_are_those_of_the_information_of_a_symbol() -> None:
    counts = [1, 3 << 20, TOTAL - 1 - (3 << 20)]
    shares = [Fraction(count, TOTAL) for count in counts]
    bits = [-math.log2(share) for share in shares]
    mean = sum(float(share) * one for share, one in zip(shares, bits, strict=True))
    spread = sum(float(share) * (one - mean) ** 2 for share, one in zip(shares, bits, strict=True))
    found = entropy(Shared(np.array(counts), 7))
    assert found == pytest.approx((7 * mean, 7 * spread), rel=1e-12)


def test_entropy_of_one_row_for_all_is_that_of_as_many_rows() -> None:
    rows = random_frequencies(np.random.default_rng(6), 1, 20)
    assert entropy(Shared(rows[0], 30)) == pytest.approx(entropy(Rows(rows.repeat(30, 0))))
    assert entropy(Rows(rows[:0])) == (0, 0)
