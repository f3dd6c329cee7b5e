"""Frequencies and symbols, checked before anything is coded by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.contracts.distribution import TOTAL, Ints
from acncodec.errors import CoderError
from acncodec.run.compiled import compiled

WELL_FORMED, TOO_SMALL, WRONG_SUM = range(3)


@compiled()
def _rows_fault(frequencies: Any) -> int:
    """What is wrong with rows of frequencies, int64 (n, K)."""
    for row in range(frequencies.shape[0]):
        total = np.int64(0)
        for k in range(frequencies.shape[1]):
            if not 1 <= frequencies[row, k] <= TOTAL:
                return TOO_SMALL
            total += frequencies[row, k]
        if total != TOTAL:
            return WRONG_SUM
    return WELL_FORMED


def checked_frequencies(frequencies: Ints) -> Ints:
    """The same rows (n, K). Raises `CoderError` unless they are int64, each of them at least 1,
    and each row sums to 2^24."""
    if frequencies.dtype != np.int64 or frequencies.ndim != 2 or frequencies.shape[1] < 1:
        raise CoderError(
            f"frequencies must be int64 (n, K), not {frequencies.dtype} {frequencies.shape}"
        )
    fault = _rows_fault(frequencies)
    if fault == TOO_SMALL:
        raise CoderError("frequencies must be positive and at most 2^24")
    if fault == WRONG_SUM:
        raise CoderError("frequencies of a symbol must sum to 2^24")
    return frequencies


@compiled()
def _are_below(symbols: Any, alternatives: int) -> bool:
    good = True
    for i in range(len(symbols)):
        good &= 0 <= symbols[i] < alternatives
    return good


def check_symbols(symbols: Ints, count: int, alternatives: int) -> None:
    """Raise `CoderError` unless these are `count` of the alternatives 0 to K - 1."""
    if len(symbols) != count:
        raise CoderError(f"{count} symbols are wanted, not {len(symbols)}")
    if not _are_below(symbols, alternatives):
        raise CoderError("a symbol is outside its alternatives")


def proportional(shares: Ints) -> Ints:
    """Frequencies (K,) in proportion to K positive integers.

    What rounding down leaves over is spread over the first ones. Shares sum to 2^24 at most.
    """
    frequencies = shares * TOTAL // shares.sum()
    frequencies[: TOTAL - int(frequencies.sum())] += 1
    out: Ints = frequencies
    return out
