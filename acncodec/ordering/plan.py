"""Alice's plan: which strategy, which order, which batches."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import CoderError
from acncodec.exact.model import FrozenModel
from acncodec.exact.urn import CANDIDATES, UrnRule
from acncodec.ordering.estimate import posterior_bits, schedule_latent_bits
from acncodec.ordering.ramp import LATENT_SPREAD_BITS, iid_sizes, tour_sizes, urn_sizes
from acncodec.ordering.schedule import (
    MAX_URN,
    SETS,
    STRATEGIES,
    Schedule,
    build_schedule,
    lay_tour,
)
from acncodec.ordering.solve import check_solver, solve_tour
from acncodec.ordering.tour import greedy_tour
from acncodec.ordering.urn import ALPHAS, KERNELS, choose_urn

Ints = NDArray[np.int64]

NETWORK_STRATEGIES = frozenset({"tour", "urn"})
"""Strategies in which a code prices another image's latent, by the prior network."""
REACHABLE = 0.75
"""An improved tour is not expected to cost less than this share of the greedy one's KL."""


@dataclass(frozen=True, eq=False)
class Plan:
    """`order` (N,) says which item sits at each decoding position; `permuted`, whether the
    file stores it; `estimates`, the bits a strategy was thought to cost beside the pixels; `rule`,
    how an urn prices its items."""

    strategy: str
    schedule: Schedule
    order: Ints
    permuted: bool
    estimates: dict[str, float]
    rule: UrnRule | None = None


def permutation_bits(count: int) -> float:
    """log2 N!, the price of a stored order."""
    return math.lgamma(count + 1) / math.log(2)


def strategies_for(model: FrozenModel, keep: bool) -> tuple[str, ...]:
    """The strategies that this model and this order allow."""
    refused = set(SETS) if keep else set()
    if model.prior is None:
        refused |= NETWORK_STRATEGIES
    return tuple(strategy for strategy in STRATEGIES if strategy not in refused)


def check_strategy(model: FrozenModel, strategy: str) -> None:
    """Raise `CoderError` if the model cannot have this strategy."""
    if strategy in NETWORK_STRATEGIES and model.prior is None:
        raise CoderError(
            f"model {model.name} ({model.profile}) has no prior network, which the ordering "
            f"`{strategy}` needs; there are {', '.join(strategies_for(model, keep=False))}"
        )


def _need(model: FrozenModel, strategy: str, count: int) -> float:
    """Bits that an image takes from the stack before it gives any back."""
    need = posterior_bits(model.config.latent_dim)
    # Items without a parent also pop a component before the stack grows again.
    explanations = model.mixture.components + (CANDIDATES if strategy == "urn" else 0)
    need += math.log2(explanations)
    if strategy in SETS:
        # And which of the remaining items comes next.
        need += math.log2(max(1, count))
    return need


def _wanted(model: FrozenModel, ordering: str, keep: bool, count: int) -> list[str]:
    """The strategies to compare. Raises `CoderError` where there is none."""
    if ordering not in (*STRATEGIES, "auto"):
        raise CoderError(f"unknown ordering {ordering!r}; there are auto, {', '.join(STRATEGIES)}")
    if ordering in SETS and keep:
        raise CoderError(f"the ordering `{ordering}` gives the order up: it needs the order `any`")
    if ordering == "urn" and count > MAX_URN:
        raise CoderError(f"the ordering `urn` takes at most {MAX_URN:,} different images")
    check_strategy(model, ordering)
    if ordering != "auto":
        return [ordering]
    allowed = strategies_for(model, keep)
    return [strategy for strategy in allowed if strategy != "urn" or count <= MAX_URN]


def _doubt_bits(codes: Ints) -> float:
    """By how much a tour with its permutation must promise to be cheaper than `iid`.

    Estimates and files are draws of latents, which scatter with the root of their number; and a
    tour has the longer header. So much in hand, it is hardly ever the larger file.
    """
    return 64 + 8 * math.sqrt(codes.size)


def _blind_sizes(
    model: FrozenModel, strategy: str, count: int, gain: float, blocks: int
) -> tuple[int, ...]:
    """Batch sizes of a strategy that is not a tour."""
    need = _need(model, strategy, count)
    if strategy == "urn":
        return urn_sizes(count, need, gain, blocks)
    spread = LATENT_SPREAD_BITS if model.config.has_latents else 0.0
    return iid_sizes(count, need, gain, blocks, spread)


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
    or `auto` for the cheapest; in `keep` a tour pays log2 N! bits for its permutation and must
    be clearly cheaper, and otherwise a set gets them back. solver: of tours, see `solve`. alpha,
    kernel: of an urn (`UrnRule`), or None for the cheapest.
    gain, blocks: see `ramp_sizes`. Deterministic. Raises `CoderError` on a strategy that is
    unknown or goes neither with `keep` nor with the model, and on a solver that is unknown or
    does not take N images.

    `auto` estimates the strategies without an order first. A better tour than the greedy one is
    sought, which takes a while, only if three quarters of the greedy tour's KL (and its
    permutation) would be cheaper than these; and so an estimate of a tour may be the greedy one's.
    """
    count = len(codes)
    wanted = _wanted(model, ordering, keep, count)
    if "tour" in wanted:
        check_solver(solver, count)
    laid, estimates, rules = {}, {}, {}
    for strategy in wanted:
        if strategy == "tour":
            continue
        schedule = build_schedule(strategy, _blind_sizes(model, strategy, count, gain, blocks))
        laid[strategy] = schedule, np.arange(count)
        if strategy == "urn":
            alphas = ALPHAS if alpha is None else (alpha,)
            kernels = KERNELS if kernel is None else (kernel,)
            rules[strategy], estimates[strategy] = choose_urn(
                model, codes, schedule.sizes, 0, alphas, kernels
            )
        else:
            estimates[strategy] = schedule_latent_bits(model, codes, schedule, seed=0)
        if strategy in SETS:
            estimates[strategy] -= permutation_bits(count)
    doubt = _doubt_bits(codes) if keep else 0.0
    if "tour" in wanted:
        sizes = tour_sizes(count, _need(model, "tour", count), gain, blocks)
        stored = permutation_bits(count) if keep else 0.0
        limit = min(estimates.values(), default=math.inf) - stored - doubt
        laid["tour"], bits = _lay_tour(model, codes, sizes, solver, limit)
        estimates["tour"] = bits + stored
    best = min(estimates, key=lambda name: estimates[name] + (doubt if name == "tour" else 0.0))
    schedule, order = laid[best]
    return Plan(best, schedule, order, keep and best == "tour", estimates, rules.get(best))


def _lay_tour(
    model: FrozenModel, codes: Ints, sizes: tuple[int, ...], solver: str, limit: float
) -> tuple[tuple[Schedule, Ints], float]:
    """A tour's schedule and order, and its estimated bits; better than greedy if that can get it
    below `limit`."""
    schedule, tour = build_schedule("tour", sizes), greedy_tour(codes)
    order = lay_tour(tour, sizes)
    bits = schedule_latent_bits(model, codes[order], schedule, seed=0)
    if REACHABLE * bits < limit and solver != "greedy":
        order = lay_tour(solve_tour(model, codes, sizes, solver, tour), sizes)
        bits = schedule_latent_bits(model, codes[order], schedule, seed=0)
    return (schedule, order), bits
