"""The distribution of a point of the latent grid under a mixture of Gaussians.

A symbol's part is where the mixture's integer distribution function stands at either edge of its
bin; which symbol holds a quantile is found by bisection. No row of frequencies is made.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from acncodec.arithmetic.gaussians import bin_start, mixture_bins
from acncodec.arithmetic.tables import tables
from acncodec.contracts.distribution import TOTAL, CoderState, Intervals, Ints
from acncodec.run.compiled import compiled
from acncodec.stack.ans_kernels import advance, loaded, peek, store, top_word
from acncodec.stack.frequencies import check_symbols


@compiled()
def _interval(
    weights: Any, means: Any, inverses: Any, reach: int, table: Any, symbols: Any, starts: Any,
    frequencies: Any,
) -> None:  # fmt: skip
    for row in range(len(symbols)):
        start = bin_start(weights, means, inverses, row, symbols[row], reach, table)
        stop = bin_start(weights, means, inverses, row, symbols[row] + 1, reach, table)
        starts[row], frequencies[row] = start, stop - start


@compiled()
def _find(
    weights: Any, means: Any, inverses: Any, row: Any, reach: Any, table: Any, quantile: Any
) -> Any:
    """The symbol into whose part the quantile falls, where that starts, and where it ends."""
    low, high = np.int64(0), np.int64(2 * reach + 1)
    start, stop = np.int64(0), np.int64(TOTAL)
    while high - low > 1:
        middle = (low + high) >> 1
        edge = bin_start(weights, means, inverses, row, middle, reach, table)
        if edge <= quantile:
            low, start = middle, edge
        else:
            high, stop = middle, edge
    return low, start, stop


@compiled()
def _locate(
    weights: Any, means: Any, inverses: Any, reach: int, table: Any, quantiles: Any, symbols: Any,
    starts: Any, frequencies: Any,
) -> None:  # fmt: skip
    for row in range(len(quantiles)):
        symbol, start, stop = _find(weights, means, inverses, row, reach, table, quantiles[row])
        symbols[row], starts[row], frequencies[row] = symbol, start, stop - start


@compiled()
def _pop(
    registers: Any, words: Any, tally: Any, weights: Any, means: Any, inverses: Any, reach: int,
    table: Any, symbols: Any,
) -> None:  # fmt: skip
    top = loaded(registers, tally)
    for row in range(len(symbols)):
        symbol, start, stop = _find(weights, means, inverses, row, reach, table, peek(top))
        top = advance(top, words[top_word(top)], start, stop - start)
        symbols[row] = symbol
    store(registers, tally, top)


class Mixtures(NamedTuple):
    """n mixtures of M Gaussians, int64 (n, M) each: weights, each row of which sums to 2^14; means
    at 2^8 grid steps; inverse standard deviations at 2^20."""

    weights: Ints
    means: Ints
    inverses: Ints


class GridBins:
    """n symbols z + reach, z in -reach..reach, each under a mixture of its own.

    That frequencies are at least 1 and sum to 2^24 follows from weights that are not negative and
    a table that does not fall.
    """

    def __init__(self, mixtures: Mixtures, reach: int) -> None:
        self._mixtures = mixtures
        self._reach = reach

    def __len__(self) -> int:
        return len(self._mixtures.weights)

    @property
    def alternatives(self) -> int:
        """K, 2 reach + 1."""
        return 2 * self._reach + 1

    def interval(self, symbols: Ints) -> Intervals:
        """The parts of symbols (n,)."""
        check_symbols(symbols, len(self), self.alternatives)
        starts, sizes = np.empty(len(symbols), np.int32), np.empty(len(symbols), np.int32)
        _interval(*self._mixtures, self._reach, tables().gauss, symbols, starts, sizes)
        return Intervals(symbols, starts, sizes, self.alternatives)

    def locate(self, quantiles: Ints) -> Intervals:
        """The symbols that hold the quantiles (n,)."""
        count = len(quantiles)
        symbols = np.empty(count, np.int64)
        starts, sizes = np.empty(count, np.int32), np.empty(count, np.int32)
        _locate(*self._mixtures, self._reach, tables().gauss, quantiles, symbols, starts, sizes)
        return Intervals(symbols, starts, sizes, self.alternatives)

    def pop_from(self, state: CoderState) -> Ints:
        """Take n symbols off a coder."""
        symbols = np.empty(len(self), np.int64)
        _pop(*state, *self._mixtures, self._reach, tables().gauss, symbols)
        return symbols

    def frequencies(self) -> Ints:
        """All frequencies, int64 (n, 2 reach + 1)."""
        out = np.empty((len(self), self.alternatives), np.int64)
        mixture_bins(*self._mixtures, self._reach, tables().gauss, out)
        return out
