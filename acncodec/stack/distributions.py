"""Distributions by frequencies: a row of them for each symbol, or one row for all."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.contracts.distribution import CoderState, Intervals, Ints
from acncodec.run.compiled import compiled
from acncodec.stack.ans_kernels import advance, loaded, peek, store, top_word
from acncodec.stack.frequencies import check_symbols, checked_frequencies


@compiled()
def _rows_interval(frequencies: Any, symbols: Any, starts: Any, sizes: Any) -> None:
    for i in range(len(symbols)):
        start = np.int64(0)
        for k in range(symbols[i]):
            start += frequencies[i, k]
        starts[i], sizes[i] = start, frequencies[i, symbols[i]]


@compiled(inline="always")
def _find(frequencies: Any, row: Any, quantile: Any) -> Any:
    """The symbol into whose part the quantile falls, and where that starts."""
    symbol, end = 0, frequencies[row, 0]
    while end <= quantile:
        symbol += 1
        end += frequencies[row, symbol]
    return symbol, end - frequencies[row, symbol]


@compiled()
def _rows_locate(frequencies: Any, quantiles: Any, symbols: Any) -> None:
    for i in range(len(quantiles)):
        symbols[i], _ = _find(frequencies, i, quantiles[i])


@compiled()
def _rows_pop(registers: Any, words: Any, tally: Any, frequencies: Any, symbols: Any) -> None:
    top = loaded(registers, tally)
    for i in range(len(symbols)):
        symbol, start = _find(frequencies, i, peek(top))
        top = advance(top, words[top_word(top)], start, frequencies[i, symbol])
        symbols[i] = symbol
    store(registers, tally, top)


class Rows:
    """A row of frequencies for each symbol.

    frequencies: int64 (n, K). Raises `CoderError` unless they are positive and sum to 2^24.
    """

    def __init__(self, frequencies: Ints) -> None:
        self._frequencies = checked_frequencies(frequencies)

    def __len__(self) -> int:
        return len(self._frequencies)

    @property
    def alternatives(self) -> int:
        """K."""
        return int(self._frequencies.shape[1])

    def interval(self, symbols: Ints) -> Intervals:
        """The parts of symbols (n,). Time in the sum of the symbols."""
        check_symbols(symbols, len(self), self.alternatives)
        starts, sizes = np.empty(len(symbols), np.int32), np.empty(len(symbols), np.int32)
        _rows_interval(self._frequencies, symbols, starts, sizes)
        return Intervals(symbols, starts, sizes, self.alternatives)

    def locate(self, quantiles: Ints) -> Intervals:
        """The symbols that hold the quantiles (n,)."""
        symbols = np.empty(len(quantiles), np.int64)
        _rows_locate(self._frequencies, quantiles, symbols)
        return self.interval(symbols)

    def pop_from(self, state: CoderState) -> Ints:
        """Take n symbols off a coder."""
        symbols = np.empty(len(self), np.int64)
        _rows_pop(*state, self._frequencies, symbols)
        return symbols

    def frequencies(self) -> Ints:
        """All frequencies, int64 (n, K)."""
        return self._frequencies


@compiled()
def _shared_pop(registers: Any, words: Any, tally: Any, ends: Any, symbols: Any) -> None:
    top = loaded(registers, tally)
    for i in range(len(symbols)):
        quantile = peek(top)
        low, high = 0, len(ends) - 1
        while low < high:
            middle = (low + high) // 2
            if ends[middle] <= quantile:
                low = middle + 1
            else:
                high = middle
        start = ends[low - 1] if low else np.int64(0)
        top = advance(top, words[top_word(top)], start, ends[low] - start)
        symbols[i] = low
    store(registers, tally, top)


class Shared:
    """One row of frequencies for all of `count` symbols.

    frequencies: int64 (K,). Raises `CoderError` unless they are positive and sum to 2^24.
    """

    def __init__(self, frequencies: Ints, count: int) -> None:
        self._frequencies, self._count = checked_frequencies(frequencies[None]), count
        self._ends = np.cumsum(frequencies)

    def __len__(self) -> int:
        return self._count

    @property
    def alternatives(self) -> int:
        """K."""
        return len(self._ends)

    def interval(self, symbols: Ints) -> Intervals:
        """The parts of symbols (n,)."""
        check_symbols(symbols, self._count, self.alternatives)
        sizes = self._frequencies[0, symbols]
        starts = self._ends[symbols] - sizes
        return Intervals(
            symbols, starts.astype(np.int32), sizes.astype(np.int32), self.alternatives
        )

    def locate(self, quantiles: Ints) -> Intervals:
        """The symbols that hold the quantiles (n,)."""
        return self.interval(np.searchsorted(self._ends, quantiles, "right"))

    def pop_from(self, state: CoderState) -> Ints:
        """Take n symbols off a coder."""
        symbols = np.empty(self._count, np.int64)
        _shared_pop(*state, self._ends, symbols)
        return symbols

    def frequencies(self) -> Ints:
        """The frequencies that all symbols have, int64 (1, K)."""
        return self._frequencies
