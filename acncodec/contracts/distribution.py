"""What a distribution is: an interval for each symbol, and a symbol for each quantile.

0                                                            2^24
|-- symbol 0 --|---- symbol 1 ----|-- ... --|-- symbol K - 1 --|
^ start            ^ start + frequency
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Parts = NDArray[np.int32]

TOTAL_BITS = 24
TOTAL = 1 << TOTAL_BITS
"""Frequencies of a symbol's alternatives sum to this."""


class Intervals(NamedTuple):
    """n symbols with their parts of range(2^24): all that a coder needs to push them.

    symbols: integers of any type (n,), so that those of many images take no more than their
    pixels; starts, frequencies: int32 (n,); alternatives: K, of each of them.
    """

    symbols: NDArray[np.integer[Any]]
    starts: Parts
    frequencies: Parts
    alternatives: int


class CoderState(NamedTuple):
    """The state of the coder of `stack.ans`, as compiled loops take it: `loop(*state, ...)`.

    It is three arrays and nothing else, so that it can be copied and sent; what may be done with
    it stands in `stack.ans_kernels`. registers: uint64 (2,), the state and how many words are
    used; words: uint32, the bulk, with room at its end; tally: float64 (2,), ideal bits, as
    `ans_kernels.tallied_bits` reads them.
    """

    registers: NDArray[np.uint64]
    words: NDArray[np.uint32]
    tally: NDArray[np.float64]


class Distribution(Protocol):
    """n symbols, each one of K alternatives with integer frequencies of at least 1.

    Everything is an integer, and the same for every slice of the n symbols: which are asked for
    together decides the speed and never a bit.
    """

    def __len__(self) -> int:
        """n."""
        ...

    @property
    def alternatives(self) -> int:
        """K. A symbol with one alternative is certain: nothing is coded."""
        ...

    def interval(self, symbols: Ints) -> Intervals:
        """The parts of symbols (n,).

        Raises `CoderError` for a symbol that is none of the alternatives.
        """
        ...

    def locate(self, quantiles: Ints) -> Intervals:
        """The symbols into whose parts the quantiles (n,) of range(2^24) fall, and these parts.

        It inverts `interval`: any quantile of a symbol's part gives the symbol.
        """
        ...

    def pop_from(self, state: CoderState) -> Ints:
        """Take n symbols off a coder, the first one first, int64 (n,).

        What `locate` says one symbol after the other, as one compiled loop: a symbol's quantile
        is known only when the one before it is off the stack.
        """
        ...

    def frequencies(self) -> Ints:
        """All frequencies, int64 (n, K), or (1, K) where all n are alike: for coders that want
        tables, and for tests. Memory in n K."""
        ...
