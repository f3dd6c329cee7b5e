"""Equal parts: a distribution, and the same one as by frequencies in proportion."""

from __future__ import annotations

import numpy as np
import pytest
from distribution_contract import DistributionContract
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.errors import CoderError
from acncodec.stack.even import Even
from acncodec.stack.frequencies import proportional


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
