"""What Alice plans with, and her plan: which strategy, which order, which batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.latent_space import LatentPrices, UrnRule
from acncodec.ordering.batches import Budget, budgets
from acncodec.ordering.estimate import alone_latent_bits
from acncodec.ordering.schedule import Schedule
from acncodec.stack.orders import permutation_bits

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class PlanOptions:
    """What may be chosen.

    ordering: a strategy, or `auto` for the cheapest; keep: whether the file restores the original
    order; solver: of tours (`tours.solve_tour`); alpha, kernel: of an urn (`UrnRule`), or None for
    the cheapest.
    """

    ordering: str = "auto"
    keep: bool = True
    solver: str = "improved"
    alpha: int | None = None
    kernel: int | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be planned: items with codes int64 (N, *shape), distinct and in their written
    order; gain: bits by which one is expected to lengthen the stack."""

    prices: LatentPrices
    codes: Ints
    gain: float
    options: PlanOptions

    @property
    def count(self) -> int:
        """N."""
        return len(self.codes)

    @cached_property
    def points(self) -> Ints:
        """Where the codes lie, int64 (N, E)."""
        return self.prices.points(self.codes)

    @cached_property
    def alone_bits(self) -> float:
        """Estimated KL bits of all items, each for itself: what `iid` and `set` have in common."""
        return alone_latent_bits(self.prices, self.codes, seed=0)

    @property
    def first_budget(self) -> Budget:
        """What the first batches that are tried count on."""
        return next(budgets(self.gain, 1))

    @property
    def permutation_bits(self) -> float:
        """log2 N!, what the order is worth."""
        return permutation_bits(self.count)


@dataclass(frozen=True, eq=False)
class CodingPlan:
    """`order` (N,) says which item sits at each decoding position; `permuted`, whether the
    file stores it; `budget`, what the batches of `schedule` count on; `rule`, how an urn prices
    its items; `tour` (N,), what a tour's order was laid out from; `estimates`, the bits that each
    strategy was thought to cost beside the pixels."""

    strategy: str
    schedule: Schedule
    order: Ints
    budget: Budget
    permuted: bool = False
    rule: UrnRule | None = None
    tour: Ints | None = None
    estimates: dict[str, float] = field(default_factory=dict)
