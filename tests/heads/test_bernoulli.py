"""The head for two levels: a distribution by the logistic table."""

from __future__ import annotations

import numpy as np
import pytest
from distribution_contract import DistributionContract
from head_contract import HeadContract

from acncodec.arithmetic.tables import LOGIT_REACH, tables
from acncodec.contracts.distribution import TOTAL
from acncodec.errors import CoderError
from acncodec.heads.bernoulli import Bernoulli, Binary


class TestBinary(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Binary:
        ones = np.random.default_rng(0).integers(1, TOTAL, 300).astype(np.int32)
        ones[:2] = 1, TOTAL - 1
        return Binary(ones[rows])


class TestBinaryOfLogits(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Binary:
        return Binary.of_logits(np.linspace(-LOGIT_REACH, LOGIT_REACH, 101).astype(np.int64)[rows])


class TestBernoulli(HeadContract):
    def head(self) -> Bernoulli:
        return Bernoulli()


def test_a_logit_s_frequency_is_that_of_the_table() -> None:
    logits = np.arange(-LOGIT_REACH, LOGIT_REACH + 1)
    frequencies = Binary.of_logits(logits).frequencies()
    assert np.array_equal(frequencies[:, 1], tables().logistic)
    assert np.array_equal(frequencies[:, 0], TOTAL - tables().logistic)


@pytest.mark.parametrize("logit", [-LOGIT_REACH - 1, LOGIT_REACH + 1, 1 << 40])
def test_a_logit_out_of_reach_is_refused(logit: int) -> None:
    with pytest.raises(CoderError, match="reach"):
        Binary.of_logits(np.array([0, logit]))


@pytest.mark.parametrize(
    "ones",
    [
        np.array([0], np.int32), np.array([5, TOTAL], np.int32), np.array([-1], np.int32),
        np.array([5]), np.array([[5]], np.int32),
    ],
)  # fmt: skip
def test_wrong_frequencies_are_refused(ones: np.ndarray) -> None:
    with pytest.raises(CoderError):
        Binary(ones)
