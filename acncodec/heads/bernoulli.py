"""The head for two levels and one channel: a pixel's one output is the logit of its being 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.arithmetic.tables import LOGIT_REACH, tables
from acncodec.contracts.distribution import TOTAL, CoderState, Intervals, Ints, Parts
from acncodec.contracts.head import Offset, Pixels
from acncodec.errors import CoderError
from acncodec.run.compiled import compiled
from acncodec.stack.ans_kernels import advance, loaded, peek, store, top_word
from acncodec.stack.frequencies import check_symbols


@compiled()
def ones_of_logits(logits: Any, table: Any, ones: Any) -> bool:
    """Frequencies of 1 for logits (n,) at 2^10, by the table of the logistic function; whether all
    logits are within it."""
    for i in range(len(logits)):
        place = logits[i] + LOGIT_REACH
        if not 0 <= place < len(table):
            return False
        ones[i] = table[place]
    return True


@compiled()
def _well_formed(ones: Any) -> bool:
    good = True
    for i in range(len(ones)):
        good &= 0 < ones[i] < TOTAL
    return good


@compiled()
def _interval(ones: Any, symbols: Any, starts: Any, frequencies: Any) -> None:
    for i in range(len(symbols)):
        zero = TOTAL - np.int64(ones[i])
        starts[i] = zero if symbols[i] else 0
        frequencies[i] = ones[i] if symbols[i] else zero


@compiled()
def pop(registers: Any, words: Any, tally: Any, ones: Any, symbols: Any) -> None:
    """Take a symbol for each frequency of 1 off a coder's state, into symbols (n,)."""
    top = loaded(registers, tally)
    for i in range(len(ones)):
        one = np.int64(ones[i])
        zero = TOTAL - one
        symbol = np.int64(peek(top) >= zero)
        start = zero if symbol else np.int64(0)
        top = advance(top, words[top_word(top)], start, one if symbol else zero)
        symbols[i] = symbol
    store(registers, tally, top)


class Binary:
    """n symbols 0 or 1. ones: int32 (n,), frequencies of 1, in 1 to 2^24 - 1.

    4 bytes a symbol are kept. checked: whether the frequencies are known to be such. Raises
    `CoderError` where they are not.
    """

    def __init__(self, ones: Parts, *, checked: bool = False) -> None:
        if not checked and (ones.dtype != np.int32 or ones.ndim != 1 or not _well_formed(ones)):
            raise CoderError("frequencies of 1 must be int32 (n,), positive and below 2^24")
        self._ones = ones

    @classmethod
    def of_logits(cls, logits: Ints) -> Binary:
        """Symbols with logits (n,) at 2^10, by the table of the logistic function.

        Raises `CoderError` where a logit is out of its reach.
        """
        ones = np.empty(len(logits), np.int32)
        if not ones_of_logits(logits, tables().logistic, ones):
            raise CoderError("a logit is out of reach")
        return cls(ones, checked=True)

    def __len__(self) -> int:
        return len(self._ones)

    @property
    def alternatives(self) -> int:
        """K."""
        return 2

    def interval(self, symbols: Ints) -> Intervals:
        """The parts of symbols (n,)."""
        starts, frequencies = np.empty_like(self._ones), np.empty_like(self._ones)
        check_symbols(symbols, len(self), 2)
        _interval(self._ones, symbols, starts, frequencies)
        return Intervals(symbols, starts, frequencies, 2)

    def locate(self, quantiles: Ints) -> Intervals:
        """The symbols that hold the quantiles (n,)."""
        return self.interval((quantiles >= TOTAL - self._ones).astype(np.int64))

    def pop_from(self, state: CoderState) -> Ints:
        """Take n symbols off a coder."""
        symbols = np.empty(len(self._ones), np.int64)
        pop(*state, self._ones, symbols)
        return symbols

    def frequencies(self) -> Ints:
        """All frequencies, int64 (n, 2)."""
        ones = self._ones.astype(np.int64)
        return np.stack([TOTAL - ones, ones], 1)


class Bernoulli:
    """The head: one output, one channel, two levels; no neighbour is looked at."""

    outputs = 1
    levels = 2
    channel_order = (0,)
    neighbours: tuple[Offset, ...] = ()

    def begin(self, outputs: Ints, _around: Pixels) -> _OneChannel:
        """Pixels with outputs int64 (n, 1)."""
        return _OneChannel(outputs[:, 0])


class _OneChannel:
    def __init__(self, logits: Ints) -> None:
        self._logits = logits

    def distribution(self) -> Binary:
        """That of the only channel."""
        return Binary.of_logits(self._logits)

    def known(self, values: Pixels) -> None:
        """Nothing: no channel follows."""
