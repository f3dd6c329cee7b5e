"""The head for up to 256 levels without an order, of one channel: a softmax over all values.

For grey images of few shades and for palettes, where a value near another one means nothing. The
integer twin of `categorical_loss`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import LOGIT_BITS, LOGIT_REACH, tables
from acncodec.contracts.distribution import TOTAL, Ints
from acncodec.errors import ModelError
from acncodec.heads.mixture_shape import LOGIT_LIMIT
from acncodec.heads.shares import SHARE_BITS, to_shares
from acncodec.run.compiled import compiled
from acncodec.stack.distributions import Rows

Pixels = NDArray[np.integer[Any]]

MAX_LEVELS = 256
_LIMIT = int(LOGIT_LIMIT) << LOGIT_BITS


@compiled()
def _frequencies(logits: Any, exp: Any, out: Any) -> None:
    """Frequencies (n, L) of logits (n, L) at 2^10, int64.

    An exponential is at most 2^20, the greatest is that. A share is at most 2^30, so that its
    product with 2^24 - L stays below 2^54.
    """
    levels = logits.shape[1]
    for row in range(logits.shape[0]):
        greatest = np.int64(-_LIMIT)
        for value in range(levels):
            greatest = max(greatest, np.int64(min(max(logits[row, value], -_LIMIT), _LIMIT)))
        for value in range(levels):
            logit = min(max(logits[row, value], -_LIMIT), _LIMIT)
            out[row, value] = exp[min(greatest - logit, LOGIT_REACH)]
    to_shares(out, levels, 0)
    for row in range(logits.shape[0]):
        best, greatest = 0, np.int64(-_LIMIT - 1)
        left = np.int64(TOTAL)
        for value in range(levels):
            logit = min(max(logits[row, value], -_LIMIT), _LIMIT)
            if logit > greatest:
                best, greatest = value, logit
            frequency = ((out[row, value] * (TOTAL - levels)) >> SHARE_BITS) + 1
            out[row, value] = frequency
            left -= frequency
        out[row, best] += left


@dataclass(frozen=True)
class Categorical:
    """One output, a logit, for each of `levels` values. Raises `ModelError` unless 2 to 256."""

    levels: int

    channel_order = (0,)
    neighbours = ()

    def __post_init__(self) -> None:
        if not 2 <= self.levels <= MAX_LEVELS:
            raise ModelError(f"{self.levels} levels; the categorical head has 2 to {MAX_LEVELS}")

    @property
    def outputs(self) -> int:
        """Numbers that the network gives for a pixel."""
        return self.levels

    def begin(self, outputs: Ints, _around: Pixels, /) -> CategoricalSite:
        """Pixels with outputs (n, L), logits at 2^10, clamped here to +-32.

        Raises `ModelError` for outputs of another shape.
        """
        if outputs.shape != (len(outputs), self.levels):
            raise ModelError(f"outputs {outputs.shape} are no {self.levels} logits a pixel")
        return CategoricalSite(np.ascontiguousarray(outputs, np.int64))


class CategoricalSite:
    """Some pixels with their logits, int64 (n, L)."""

    def __init__(self, logits: Ints) -> None:
        self._logits = logits

    def distribution(self) -> Rows:
        """That of the only channel."""
        out = np.empty_like(self._logits)
        _frequencies(self._logits, tables().exp, out)
        return Rows(out)

    def known(self, values: Pixels) -> None:
        """Nothing: no channel follows."""
