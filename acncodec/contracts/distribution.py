"""What a distribution is: an interval for each symbol, and a symbol for each quantile.

0                                                            2^24
|-- symbol 0 --|---- symbol 1 ----|-- ... --|-- symbol K - 1 --|
^ start            ^ start + frequency
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

TOTAL_BITS = 24
TOTAL = 1 << TOTAL_BITS
"""Frequencies of a symbol's alternatives sum to this."""


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

    def interval(self, symbols: Ints) -> tuple[Ints, Ints]:
        """Where the parts of symbols (n,) start, and their frequencies, int64 (n,) each.

        Raises `CoderError` for a symbol that is none of the alternatives.
        """
        ...

    def locate(self, quantiles: Ints) -> tuple[Ints, Ints, Ints]:
        """Into whose parts the quantiles (n,) of range(2^24) fall: symbols, starts, frequencies,
        int64 (n,) each. It inverts `interval`."""
        ...

    def pop_from(self, state: Any) -> Ints:
        """Take n symbols off a coder's state (`stack.ans_kernels`), the first one first.

        What `locate` says one symbol after the other, as one compiled loop: a symbol's quantile
        is known only when the one before it is off the stack.
        """
        ...

    def frequencies(self) -> Ints:
        """All frequencies, int64 (n, K), or (1, K) where all n are alike: for coders that want
        tables, and for tests. Memory in n K."""
        ...
