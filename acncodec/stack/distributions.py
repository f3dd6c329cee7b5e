"""Distributions: a row of frequencies for each symbol, one row for all, and equal parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import TOTAL, CoderState, Distribution, Intervals, Ints
from acncodec.errors import CoderError
from acncodec.run.compiled import compiled
from acncodec.stack.ans_kernels import advance, loaded, peek, store, total_information

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
        top = advance(top, words, start, frequencies[i, symbol])
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
        top = advance(top, words, start, ends[low] - start)
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


@compiled(inline="always")
def _even_symbol(quantile: Any, base: Any, larger: Any) -> Any:
    """The symbol that holds the quantile: the first `larger` have parts of base + 1."""
    ahead = larger * (base + 1)
    if quantile < ahead:
        return quantile // (base + 1)
    return larger + (quantile - ahead) // base


@compiled()
def _even_interval(
    symbols: Any, base: int, last: int, larger: int, alternatives: int, starts: Any, sizes: Any
) -> None:
    for i in range(len(symbols)):
        symbol = symbols[i]
        starts[i] = symbol * base + min(symbol, larger)
        sizes[i] = (last if symbol == alternatives - 1 else base) + (symbol < larger)


@compiled()
def _even_locate(quantiles: Any, base: int, larger: int, symbols: Any) -> None:
    for i in range(len(quantiles)):
        symbols[i] = _even_symbol(quantiles[i], base, larger)


@compiled()
def _even_pop(
    registers: Any, words: Any, tally: Any, base: int, last: int, larger: int, alternatives: int,
    symbols: Any,
) -> None:  # fmt: skip
    top = loaded(registers, tally)
    for i in range(len(symbols)):
        symbol = _even_symbol(peek(top), base, larger)
        size = (last if symbol == alternatives - 1 else base) + (symbol < larger)
        top = advance(top, words, symbol * base + min(symbol, larger), size)
        symbols[i] = symbol
    store(registers, tally, top)


class Even:
    """`count` symbols with alternatives of one share each, the last of which may have less.

    alternatives: K; share: what each is worth; last: what the last one is worth, 1 to `share`.
    Frequencies are in proportion to that, rounded down, and what is left over is spread over the
    first ones. Nothing is as long as K. Raises `CoderError` unless the shares' sum is at most 2^24.
    """

    def __init__(self, alternatives: int, share: int = 1, last: int = 1, count: int = 1) -> None:
        total = (alternatives - 1) * share + last
        if alternatives < 1 or not 1 <= last <= share or total > TOTAL:
            raise CoderError(f"{alternatives} alternatives cannot have {share} parts each")
        self._alternatives, self._count = alternatives, count
        self._base, self._last = share * TOTAL // total, last * TOTAL // total
        self._larger = TOTAL - (alternatives - 1) * self._base - self._last

    def __len__(self) -> int:
        return self._count

    @property
    def alternatives(self) -> int:
        """K."""
        return self._alternatives

    def interval(self, symbols: Ints) -> Intervals:
        """The parts of symbols (n,)."""
        check_symbols(symbols, self._count, self._alternatives)
        starts, sizes = np.empty(len(symbols), np.int32), np.empty(len(symbols), np.int32)
        _even_interval(
            symbols, self._base, self._last, self._larger, self._alternatives, starts, sizes
        )
        return Intervals(symbols, starts, sizes, self._alternatives)

    def locate(self, quantiles: Ints) -> Intervals:
        """The symbols that hold the quantiles (n,)."""
        symbols = np.empty(len(quantiles), np.int64)
        _even_locate(quantiles, self._base, self._larger, symbols)
        return self.interval(symbols)

    def pop_from(self, state: CoderState) -> Ints:
        """Take n symbols off a coder."""
        symbols = np.empty(self._count, np.int64)
        _even_pop(*state, self._base, self._last, self._larger, self._alternatives, symbols)
        return symbols

    def frequencies(self) -> Ints:
        """The frequencies that all symbols have, int64 (1, K)."""
        out = np.full((1, self._alternatives), self._base, np.int64)
        out[0, -1] = self._last
        out[0, : self._larger] += 1
        return out


def proportional(shares: Ints) -> Ints:
    """Frequencies (K,) in proportion to K positive integers.

    What rounding down leaves over is spread over the first ones. Shares sum to 2^24 at most.
    """
    frequencies = shares * TOTAL // shares.sum()
    frequencies[: TOTAL - int(frequencies.sum())] += 1
    out: Ints = frequencies
    return out


def information(symbols: Ints, distribution: Distribution) -> float:
    """Sum of -log2(frequency / 2^24) over symbols (n,), bits."""
    return float(total_information(distribution.interval(symbols).frequencies))


def entropy(distribution: Distribution) -> tuple[float, float]:
    """Entropy and variance of the information content, bits, summed over the n symbols."""
    rows = distribution.frequencies()
    alike = len(distribution) / len(rows) if len(rows) else 0
    share: NDArray[np.float64] = rows / TOTAL
    bits = -np.log2(share)
    mean = (share * bits).sum(1)
    variance = float((share * bits * bits).sum() - (mean * mean).sum())
    return float(mean.sum()) * alike, variance * alike
