"""The two-sided geometric distribution: whole, symmetric but for rounding, and the best found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.contracts.distribution import TOTAL
from acncodec.errors import FormatError
from acncodec.models.coded.geometric import (
    CLASSES,
    MAX_BOUND,
    best_class,
    geometric,
    information,
    rate_of,
)


@settings(deadline=None)  # the first example compiles
@given(st.integers(0, MAX_BOUND), st.integers(0, CLASSES - 1))
def test_frequencies_are_positive_sum_to_the_total_and_fall_to_both_sides(
    bound: int, number: int
) -> None:
    frequencies = geometric(bound, number)
    assert frequencies.sum() == TOTAL and frequencies.min() >= 1
    assert len(frequencies) == 2 * bound + 1
    np.testing.assert_array_equal(frequencies, frequencies[::-1])
    assert (np.diff(frequencies[bound:]) <= 0).all()


def test_rates_fall_from_four_nats_a_step_by_a_thirtysecond_each() -> None:
    rates = np.array([rate_of(number) for number in range(CLASSES)])
    np.testing.assert_allclose(rates, 2.0**16 * np.exp(-np.arange(CLASSES) / 32), atol=1)


@pytest.mark.parametrize("mean", [0.05, 0.4, 3.0, 40.0])
def test_the_best_class_is_that_of_least_cost(mean: float) -> None:
    rng = np.random.default_rng(1)
    symbols = np.rint(rng.laplace(0, mean, 500)).astype(np.int64)
    bound = int(np.abs(symbols).max())
    counts = np.bincount(symbols + bound, minlength=2 * bound + 1)
    costs = [information(counts, number) for number in range(CLASSES)]
    assert information(counts, best_class(counts)) == min(costs)


@pytest.mark.parametrize(("bound", "number"), [(-1, 0), (MAX_BOUND + 1, 0), (1, -1), (1, CLASSES)])
def test_another_bound_or_class_is_refused(bound: int, number: int) -> None:
    with pytest.raises(FormatError, match="no distribution"):
        geometric(bound, number)
