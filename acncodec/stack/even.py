"""Equal parts: a distribution that is never as long as its alternatives are many."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.contracts.distribution import TOTAL, CoderState, Intervals, Ints
from acncodec.errors import CoderError
from acncodec.run.compiled import compiled
from acncodec.stack.ans_kernels import advance, loaded, peek, store, top_word
from acncodec.stack.frequencies import check_symbols


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
        top = advance(top, words[top_word(top)], symbol * base + min(symbol, larger), size)
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
