"""Shares sum to 2^30 and are in proportion, against plain Python integers."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.heads.shares import WHOLE, bit_length, to_shares
from acncodec.run.compiled import compiled


@compiled()
def made_shares(row: np.ndarray, kept: int) -> None:
    to_shares(row, row.shape[1], kept)


@compiled()
def digits(number: int) -> int:
    return bit_length(number)


def expected(numbers: list[int], kept: int) -> list[int]:
    """The same, as docs/FORMAT.md says it."""
    shift = max(0, sum(numbers).bit_length() - 32)
    cut = [number >> shift for number in numbers]
    reciprocal = (1 << 62) // sum(cut)
    shares = [(unit * reciprocal >> 32) + (index < kept) for index, unit in enumerate(cut)]
    shares[cut.index(max(cut))] += WHOLE - sum(shares)
    return shares


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 1 << 56) | st.integers(0, 20), min_size=1, max_size=60).filter(any),
    st.integers(0, 60),
)
def test_shares_are_those_of_python_integers_and_sum_to_the_whole(
    numbers: list[int], kept: int
) -> None:
    row = np.array([numbers])
    kept = min(kept, len(numbers))
    made_shares(row, kept)
    assert row[0].tolist() == expected(numbers, kept)
    assert row.sum() == WHOLE and row.min() >= 0 and (row[0, :kept] >= 1).all()


def test_shares_differ_from_the_proportion_by_little() -> None:
    numbers = np.random.default_rng(0).integers(0, 1 << 57, (1, 13))
    row = numbers.copy()
    made_shares(row, 5)
    exact = numbers[0] / numbers.sum() * WHOLE
    assert np.abs(row[0] - exact).max() < 20


def test_the_greatest_sum_leaves_no_digit_out() -> None:
    row = np.array([[1 << 61, 1 << 61, 0]])
    made_shares(row, 0)
    assert row[0].tolist() == [WHOLE // 2, WHOLE // 2, 0]


def test_the_number_of_binary_digits() -> None:
    for number in (0, 1, 2, 3, 255, 256, (1 << 32) - 1, 1 << 32, (1 << 62) + 5, (1 << 63) - 1):
        assert digits(number) == number.bit_length()
