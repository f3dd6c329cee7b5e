"""constriction's stack, the reference for ours: the same symbols give the same words."""

from __future__ import annotations

import constriction
import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import Distribution

Ints = NDArray[np.int64]


class ReferenceStack:
    """`stack.ans.Stack` by constriction, which takes frequencies less one."""

    state: None = None

    def __init__(self, words: NDArray[np.uint32], *, seal: bool) -> None:
        self._coder = constriction.stream.stack.AnsCoder(words, seal=seal)
        self._family = constriction.stream.model.Categorical(perfect=False)

    @property
    def valid_bits(self) -> int:
        return int(self._coder.num_valid_bits())

    def words(self) -> NDArray[np.uint32]:
        return np.array(self._coder.get_compressed(), np.uint32)

    def unsealed(self) -> NDArray[np.uint32]:
        return np.array(self._coder.get_compressed(unseal=True), np.uint32)

    def push(self, symbols: Ints, distribution: Distribution) -> None:
        if distribution.alternatives > 1 and len(symbols):
            flat = symbols.astype(np.int32)
            self._coder.encode_reverse(flat, self._family, _less_one(distribution))

    def pop(self, distribution: Distribution) -> Ints:
        if distribution.alternatives == 1 or not len(distribution):
            return np.zeros(len(distribution), np.int64)
        found = self._coder.decode(self._family, _less_one(distribution))
        return np.asarray(found).astype(np.int64)


def _less_one(distribution: Distribution) -> NDArray[np.float64]:
    rows = distribution.frequencies() - 1.0
    return np.ascontiguousarray(np.broadcast_to(rows, (len(distribution), rows.shape[1])))
