"""What a latent is expected to cost, for every pair of items: a table, and a sum of look-ups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

UNITS: Final = 1 << 11
"""Costs are integers, 2^11 to a bit: their sums are exact in any order, so that a tour does not
depend on threads, and an entry (24 bits at most) fits 16 bits."""


@dataclass(frozen=True, eq=False)
class ExpectedCosts:
    """Expected costs of N items' latents, in units of 2^-11 bit.

    table: uint16 (N, R); columns: int32 (N, D). Item i after item j costs the sum over d of
    table[j, columns[i, d]]. alone: int64 (N,), without a parent. entropy_bits: what the posterior
    gives back for each latent.
    """

    table: NDArray[np.uint16]
    columns: NDArray[np.int32]
    alone: Ints
    entropy_bits: float

    def pairs(self, parents: Ints, children: Ints) -> Ints:
        """Cost of each child after its parent, int64 (n,), for items (n,) and (n,)."""
        units: Ints = self.table[parents[:, None], self.columns[children]].sum(1, dtype=np.int64)
        return units

    def kl_nats(self, units: float, items: int) -> float:
        """The KL in nats an item of `items` items that cost `units` together."""
        if not items:
            return 0.0
        return (units / UNITS / items - self.entropy_bits) * math.log(2)
