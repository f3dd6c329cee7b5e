"""Rows, and one row for all: each is a distribution, and wrong frequencies are refused."""

from __future__ import annotations

import numpy as np
import pytest
from distribution_contract import DistributionContract, random_frequencies

from acncodec.contracts.distribution import TOTAL
from acncodec.errors import CoderError
from acncodec.stack.distributions import Rows, Shared


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
