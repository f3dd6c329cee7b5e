"""Rows, one row for all, equal parts: each is a distribution; sums of bits are what they say."""

from __future__ import annotations

import numpy as np
import pytest
from distribution_contract import DistributionContract, random_frequencies
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.contracts.distribution import TOTAL
from acncodec.errors import CoderError
from acncodec.stack.distributions import (
    Even,
    Rows,
    Shared,
    entropy,
    information,
    proportional,
)


class TestRows(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Rows:
        return Rows(random_frequencies(np.random.default_rng(0), 40, 9)[rows])


class TestRowsOfMany(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Rows:
        return Rows(random_frequencies(np.random.default_rng(1), 7, 3000)[rows])


class TestRowsOfOne(DistributionContract):
    """Certain symbols: nothing is coded."""

    def distribution(self, rows: slice = slice(None)) -> Rows:
        return Rows(np.full((5, 1), TOTAL)[rows])


class TestShared(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Shared:
        frequencies = random_frequencies(np.random.default_rng(2), 1, 130)[0]
        return Shared(frequencies, len(range(60)[rows]))


class TestSharedByTwo(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Shared:
        return Shared(np.array([1, TOTAL - 1]), len(range(60)[rows]))


class TestEven(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Even:
        return Even(300, 64, 17, len(range(50)[rows]))


class TestEvenAmongMany(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Even:
        return Even(40_000, count=len(range(3)[rows]))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 400), st.integers(1, 1 << 14), st.data())
def test_equal_parts_are_the_proportional_frequencies(
    alternatives: int, share: int, data: st.DataObject
) -> None:
    last = data.draw(st.integers(1, share))
    shares = np.full(alternatives, share)
    shares[-1] = last
    assert np.array_equal(Even(alternatives, share, last).frequencies()[0], proportional(shares))


@pytest.mark.parametrize("parts", [(0, 1, 1), (3, 5, 6), (3, 5, 0), ((1 << 24) + 1, 1, 1)])
def test_equal_parts_that_do_not_fit_are_refused(parts: tuple[int, int, int]) -> None:
    with pytest.raises(CoderError):
        Even(*parts)


@pytest.mark.parametrize(
    "rows",
    [
        np.array([[1, 2]]),
        np.array([[TOTAL + 1, -1]]),
        np.array([[TOTAL, 0]]),
        np.array([[TOTAL - 2.0, 2.0]]),
        np.array([[TOTAL - 2, 2]], np.int32),
        np.array([[]], np.int64),
        np.array([[TOTAL - 1, 1], [TOTAL - 1, 2]]),
        np.array([[1 << 62, 1 << 62, 1 << 62, 1 << 62, TOTAL]]),
    ],
)
def test_wrong_frequencies_are_refused(rows: np.ndarray) -> None:
    with pytest.raises(CoderError):
        Rows(rows)
    with pytest.raises(CoderError):
        Shared(rows[-1], 3)
    with pytest.raises(CoderError):
        Rows(rows[0])


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
    assert variance >= 0


def test_entropy_of_one_row_for_all_is_that_of_as_many_rows() -> None:
    rows = random_frequencies(np.random.default_rng(6), 1, 20)
    assert entropy(Shared(rows[0], 30)) == pytest.approx(entropy(Rows(rows.repeat(30, 0))))
    assert entropy(Rows(rows[:0])) == (0, 0)
