"""The strategies: how a set of images may be ordered, batched and priced."""

# ruff: noqa: ARG002 - a method passes what not every strategy asks for

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final, NamedTuple

import numpy as np

from acncodec.contracts.distribution import TOTAL
from acncodec.contracts.latent_space import LatentPrices, LatentSpace, Priors, UrnRule
from acncodec.errors import FormatError
from acncodec.ordering.batches import Budget, Need, iid_sizes, seed_blocks, tour_sizes, urn_sizes
from acncodec.ordering.estimate import nearest_latent_bits, schedule_latent_bits
from acncodec.ordering.plan import CodingPlan, Ints, Task
from acncodec.ordering.priors import ParentPriors, UnconditionalPriors
from acncodec.ordering.schedule import (
    MAX_WIDTH,
    Schedule,
    iid_schedule,
    lay_tour,
    tour_schedule,
)
from acncodec.ordering.tours import check_solver, greedy_tour, solve_tour
from acncodec.ordering.urn import ALPHAS, choose_urn

MAX_URN: Final = 1 << 17
"""Format 2: an urn holds no more images, which bounds what decoding takes for each."""
NEARER: Final = 0.9
"""A tour is not expected to cost less than this share of what each item costs after the one whose
code is nearest; that one is mostly, but not always, the cheapest."""
REACHABLE: Final = 0.75
"""An improved tour is not expected to cost less than this share of the greedy one's KL."""
CAREFUL: Final = 0.625
"""Batches of a tour that takes a long search trust in this share of the gain only: neighbours on a
tour are alike, so that the first ones may all be cheap, and a stack that runs short costs a second
search. It makes the first batches smaller, and no image dearer."""
LONG_SEARCH: Final = 2_000
"""Fewer images than these are searched again in seconds."""


class Proposal(NamedTuple):
    """What a strategy is thought to cost beside the pixels, bits; its plan, unless it is not
    worth one."""

    bits: float
    plan: CodingPlan | None


class Strategy(ABC):
    """One way to order images.

    conditional: whether the code of one image prices the latent of another; gives_up_order:
    whether the stack chooses the order, whose bits come back; most: images that it takes;
    searches: whether it searches for a tour, so that the others are estimated first; ruled:
    whether a rule says how its items are priced.
    """

    name: ClassVar[str]
    conditional: ClassVar[bool] = False
    gives_up_order: ClassVar[bool] = False
    most: ClassVar[int | None] = None
    searches: ClassVar[bool] = False
    ruled: ClassVar[bool] = False

    def allowed(self, conditional: bool, keep: bool) -> bool:
        """Whether it goes with a latent space (`LatentSpace.conditional`) and an order."""
        return (conditional or not self.conditional) and not (keep and self.gives_up_order)

    def takes(self, count: int) -> bool:
        """Whether it takes so many images."""
        return self.most is None or count <= self.most

    def need(self, prices: LatentPrices, count: int) -> Need:
        """What one of `count` images takes from the stack before it gives any back."""
        return Need(prices.taken_bits(), prices.spread_bits)

    @abstractmethod
    def batches(self, need: Need, count: int, budget: Budget) -> tuple[int, ...]:
        """Batch sizes in decoding order that sum to `count`. Raises `CoderError` when not even
        one image could begin."""

    def schedule(self, sizes: tuple[int, ...]) -> Schedule:
        """The schedule that batch sizes stand for. Raises `FormatError`."""
        if any(size > MAX_WIDTH for size in sizes):
            raise FormatError(f"a batch is wider than {MAX_WIDTH}")
        if not self.takes(sum(sizes)):
            raise FormatError(f"the strategy {self.name} takes at most {self.most} images")
        return iid_schedule(sizes)

    def priors(self, space: LatentSpace, schedule: Schedule, rule: UrnRule | None) -> Priors:
        """The priors of the batches of `schedule`; rule: of an urn, else None."""
        return UnconditionalPriors(space)

    def check(self, task: Task) -> None:
        """Raise `CoderError` for options that the strategy cannot follow."""
        return

    @abstractmethod
    def propose(self, task: Task, limit: float) -> Proposal:
        """Estimate the cost, and lay out a plan; without one if it could not cost less than
        `limit` bits, of the cheapest of the others."""

    def laid(self, task: Task, budget: Budget) -> tuple[Schedule, Budget]:
        """Batches that count on `budget`, with as much seed as one image needs."""
        need = self.need(task.prices, task.count)
        budget = replace(budget, blocks=max(budget.blocks, seed_blocks(need)))
        return self.schedule(self.batches(need, task.count, budget)), budget

    def retried(self, plan: CodingPlan, task: Task, budget: Budget) -> CodingPlan:
        """The plan in the batches of another budget; itself if they would be the same."""
        schedule, budget = self.laid(task, budget)
        if (schedule.sizes, budget.blocks) == (plan.schedule.sizes, plan.budget.blocks):
            return plan
        return replace(plan, schedule=schedule, budget=budget)


class Iid(Strategy):
    """Every image for itself, in the order that there is."""

    name = "iid"

    def batches(self, need: Need, count: int, budget: Budget) -> tuple[int, ...]:
        """As wide as the stack allows."""
        return iid_sizes(count, need, budget)

    def propose(self, task: Task, limit: float) -> Proposal:
        """What the latents cost, each for itself."""
        schedule, budget = self.laid(task, task.first_budget)
        plan = CodingPlan(self.name, schedule, np.arange(task.count), budget)
        return Proposal(task.alone_bits, plan)


class Set(Iid):
    """Every image for itself, in an order that the stack chooses."""

    name = "set"
    gives_up_order = True
    most = TOTAL  # which of those that are left an image is, has a symbol's precision

    def need(self, prices: LatentPrices, count: int) -> Need:
        """Beside its latent, which of the remaining images it is."""
        return _with_choice(super().need(prices, count), count)

    def propose(self, task: Task, limit: float) -> Proposal:
        """The order's bits come back."""
        bits, plan = super().propose(task, limit)
        return Proposal(bits - task.permutation_bits, plan)


class Urn(Strategy):
    """The unconditional prior and what earlier images predict, mixed, in an order that the stack
    chooses."""

    name = "urn"
    conditional = True
    gives_up_order = True
    most = MAX_URN
    ruled = True

    def need(self, prices: LatentPrices, count: int) -> Need:
        """Beside its latent, which of the remaining images it is."""
        return _with_choice(Need(prices.taken_bits(urn=True), prices.spread_bits), count)

    def batches(self, need: Need, count: int, budget: Budget) -> tuple[int, ...]:
        """Narrow at first."""
        return urn_sizes(count, need, budget)

    def priors(self, space: LatentSpace, schedule: Schedule, rule: UrnRule | None) -> Priors:
        """Those of the urn with this rule."""
        if rule is None:
            raise FormatError("an urn needs a rule")
        return space.urn(rule, len(schedule.parents))

    def propose(self, task: Task, limit: float) -> Proposal:
        """By the cheapest rule, or the one that was asked for."""
        schedule, budget = self.laid(task, task.first_budget)
        alpha, kernel = task.options.alpha, task.options.kernel
        alphas = ALPHAS if alpha is None else (alpha,)
        kernels = None if kernel is None else (kernel,)
        rule, bits = choose_urn(task.prices, task.codes, schedule.sizes, 0, alphas, kernels)
        plan = CodingPlan(self.name, schedule, np.arange(task.count), budget, rule=rule)
        return Proposal(bits - task.permutation_bits, plan)


class Tour(Strategy):
    """Every image after a neighbour, on arms that grow from a tour's heads."""

    name = "tour"
    conditional = True
    searches = True

    def batches(self, need: Need, count: int, budget: Budget) -> tuple[int, ...]:
        """The heads, and all arms side by side."""
        return tour_sizes(count, need, budget)

    def schedule(self, sizes: tuple[int, ...]) -> Schedule:
        """As `tour_schedule`."""
        super().schedule(sizes)
        return tour_schedule(sizes)

    def priors(self, space: LatentSpace, schedule: Schedule, rule: UrnRule | None) -> Priors:
        """Those of the parents."""
        return ParentPriors(space, schedule)

    def check(self, task: Task) -> None:
        """Raise `CoderError` for a solver that is unknown or does not take so many images."""
        check_solver(task.options.solver, task.count)

    def propose(self, task: Task, limit: float) -> Proposal:
        """If not even a tour from each item's nearest to it could be cheaper, that is the estimate
        and none is sought. A better tour than the greedy one is sought, which takes a while, only
        if three quarters of the greedy tour's KL (and its permutation) would be cheaper; and so
        the estimate may be the greedy one's."""
        stored = task.permutation_bits if task.options.keep else 0.0
        limit -= stored
        least = -math.inf
        if limit < math.inf:
            least = nearest_latent_bits(task.prices, task.codes, seed=0)
        if NEARER * least >= limit:
            return Proposal(least + stored, None)
        budget = task.first_budget
        if task.options.solver != "greedy" and task.count >= LONG_SEARCH:
            budget = replace(budget, gain=CAREFUL * budget.gain)
        schedule, budget = self.laid(task, budget)
        tour, bits = self._find(task, schedule, limit)
        order = lay_tour(tour, schedule.sizes)
        plan = CodingPlan(self.name, schedule, order, budget, permuted=task.options.keep, tour=tour)
        return Proposal(bits + stored, plan)

    def _find(self, task: Task, schedule: Schedule, limit: float) -> tuple[Ints, float]:
        """A tour and its estimated bits; better than greedy if that can get it below `limit`."""
        prices, codes, solver = task.prices, task.codes, task.options.solver

        def bits(tour: Ints) -> float:
            order = lay_tour(tour, schedule.sizes)
            return schedule_latent_bits(prices, codes[order], schedule, seed=0)

        tour = greedy_tour(task.points)
        estimate = bits(tour)
        if REACHABLE * estimate < limit and solver != "greedy":
            tour = solve_tour(prices, codes, schedule.sizes, solver, tour)
            estimate = bits(tour)
        return tour, estimate

    def retried(self, plan: CodingPlan, task: Task, budget: Budget) -> CodingPlan:
        """The tour is improved for the other batches, starting from where it was: heads and
        directions that were chosen for other places are no longer good ones."""
        again = super().retried(plan, task, budget)
        if again is plan:
            return plan
        sizes = again.schedule.sizes
        tour = solve_tour(task.prices, task.codes, sizes, task.options.solver, again.tour)
        return replace(again, tour=tour, order=lay_tour(tour, sizes))


def _with_choice(need: Need, count: int) -> Need:
    """And the choice of one among `count` images."""
    return replace(need, mean=need.mean + math.log2(max(1, count)))


STRATEGIES: Final[Mapping[str, Strategy]] = {
    strategy.name: strategy for strategy in (Iid(), Tour(), Set(), Urn())
}
