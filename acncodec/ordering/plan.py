"""Alice's plan: which strategy, which order, which batches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from acncodec.latents.urn import UrnRule
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.estimate import nearest_latent_bits, schedule_latent_bits
from acncodec.ordering.layout import batch_sizes
from acncodec.ordering.schedule import SETS, Schedule, build_schedule, lay_tour
from acncodec.ordering.solve import check_solver, solve_tour
from acncodec.ordering.strategies import candidates, permutation_bits
from acncodec.ordering.tour import greedy_tour
from acncodec.ordering.urn import ALPHAS, KERNELS, choose_urn

Ints = NDArray[np.int64]

NEARER = 0.9
"""A tour is not expected to cost less than this share of what each item costs after the one whose
code is nearest; that one is mostly, but not always, the cheapest."""
REACHABLE = 0.75
"""An improved tour is not expected to cost less than this share of the greedy one's KL."""
CAREFUL = 0.625
"""Batches of a tour that takes a long search trust in this share of the gain only: neighbours on a
tour are alike, so that the first ones may all be cheap, and a stack that runs short costs a second
search. It makes the first batches smaller, and no image dearer."""
LONG_SEARCH = 2_000
"""Fewer images than these are searched again in seconds."""


@dataclass(frozen=True, eq=False)
class Plan:
    """`order` (N,) says which item sits at each decoding position; `permuted`, whether the
    file stores it; `estimates`, the bits a strategy was thought to cost beside the pixels; `rule`,
    how an urn prices its items; `tour` (N,), what a tour's order was laid out from."""

    strategy: str
    schedule: Schedule
    order: Ints
    permuted: bool
    estimates: dict[str, float]
    rule: UrnRule | None = None
    tour: Ints | None = None


def resized(
    plan: Plan, model: FrozenModel, codes: Ints, solver: str, sizes: tuple[int, ...]
) -> Plan:
    """The same strategy and rule in other batches; a tour is improved for these, starting from
    where it was: heads and directions that were chosen for other places are no longer good ones.

    codes, solver: as for `make_plan`.
    """
    schedule = build_schedule(plan.strategy, sizes)
    if plan.tour is None:
        return replace(plan, schedule=schedule)
    tour = solve_tour(model, codes, sizes, solver, plan.tour)
    return replace(plan, schedule=schedule, tour=tour, order=lay_tour(tour, sizes))


def make_plan(
    model: FrozenModel,
    codes: Ints,
    *,
    ordering: str,
    keep: bool,
    gain: float,
    blocks: int,
    solver: str = "improved",
    alpha: int | None = None,
    kernel: int | None = None,
) -> Plan:
    """Choose a strategy and lay out the batches.

    codes: int64 (N, D) of the distinct images in their written order. ordering: a strategy,
    or `auto` for the cheapest; in `keep` a tour pays log2 N! bits for its permutation, and
    otherwise a set gets them back. solver: of tours, see `solve`. alpha, kernel: of an urn
    (`UrnRule`), or None for the cheapest.
    gain, blocks: see `ramp_sizes`. Deterministic. Raises `CoderError` on a strategy that is
    unknown or goes neither with `keep` nor with the model, and on a solver that is unknown or
    does not take N images.

    `auto` estimates the strategies without an order first. If not even a tour from each item's
    nearest to it could be cheaper, that is the tour's estimate and none is sought. A better tour
    than the greedy one is sought, which takes a while, only if three quarters of the greedy tour's
    KL (and its permutation) would be cheaper; and so an estimate may be the greedy one's.
    """
    count = len(codes)
    wanted = candidates(model, ordering, keep, count)
    if "tour" in wanted:
        check_solver(solver, count)
    plans: dict[str, Plan] = {}
    estimates: dict[str, float] = {}
    alone: float | None = None  # every item for itself, which `iid` and `set` have in common
    for strategy in wanted:
        if strategy == "tour":
            continue
        schedule = build_schedule(strategy, batch_sizes(model, strategy, count, gain, blocks))
        rule = None
        if strategy == "urn":
            alphas = ALPHAS if alpha is None else (alpha,)
            kernels = KERNELS if kernel is None else (kernel,)
            rule, estimates[strategy] = choose_urn(model, codes, schedule.sizes, 0, alphas, kernels)
        else:
            alone = schedule_latent_bits(model, codes, schedule, seed=0) if alone is None else alone
            estimates[strategy] = alone
        if strategy in SETS:
            estimates[strategy] -= permutation_bits(count)
        plans[strategy] = Plan(strategy, schedule, np.arange(count), False, estimates, rule)
    if "tour" in wanted:
        searched = solver != "greedy" and count >= LONG_SEARCH
        sizes = batch_sizes(model, "tour", count, CAREFUL * gain if searched else gain, blocks)
        stored = permutation_bits(count) if keep else 0.0
        limit = min(estimates.values(), default=math.inf) - stored
        least = nearest_latent_bits(model, codes, seed=0) if estimates else -math.inf
        if NEARER * least >= limit:
            estimates["tour"] = least + stored
        else:
            schedule = build_schedule("tour", sizes)
            tour, bits = _find_tour(model, codes, schedule, solver, limit)
            estimates["tour"] = bits + stored
            order = lay_tour(tour, sizes)
            plans["tour"] = Plan("tour", schedule, order, keep, estimates, tour=tour)
    return plans[min(plans, key=lambda name: estimates[name])]


def _find_tour(
    model: FrozenModel, codes: Ints, schedule: Schedule, solver: str, limit: float
) -> tuple[Ints, float]:
    """A tour and its estimated bits; better than greedy if that can get it below `limit`."""

    def bits(tour: Ints) -> float:
        order = lay_tour(tour, schedule.sizes)
        return schedule_latent_bits(model, codes[order], schedule, seed=0)

    tour = greedy_tour(codes)
    estimate = bits(tour)
    if REACHABLE * estimate < limit and solver != "greedy":
        tour = solve_tour(model, codes, schedule.sizes, solver, tour)
        estimate = bits(tour)
    return tour, estimate
