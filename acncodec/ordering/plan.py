"""Alice's plan: which strategy, which order, which batches."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import CoderError
from acncodec.exact.model import FrozenModel
from acncodec.ordering.estimate import posterior_bits, schedule_latent_bits
from acncodec.ordering.ramp import iid_sizes, tour_sizes
from acncodec.ordering.schedule import STRATEGIES, Schedule, build_schedule, lay_tour
from acncodec.ordering.solve import check_solver, solve_tour
from acncodec.ordering.tour import greedy_tour

Ints = NDArray[np.int64]

REACHABLE = 0.75
"""An improved tour is not expected to cost less than this share of the greedy one's KL."""


@dataclass(frozen=True, eq=False)
class Plan:
    """`order` (N,) says which item sits at each decoding position; `permuted`, whether the
    file stores it; `estimates`, the bits a strategy was thought to cost beside the pixels."""

    strategy: str
    schedule: Schedule
    order: Ints
    permuted: bool
    estimates: dict[str, float]


def permutation_bits(count: int) -> float:
    """log2 N!, the price of a stored order."""
    return math.lgamma(count + 1) / math.log(2)


def _need(model: FrozenModel, strategy: str, count: int) -> float:
    """Bits that an image takes from the stack before it gives any back."""
    need = posterior_bits(model.config.latent_dim)
    # Items without a parent also pop a component before the stack grows again.
    need += math.log2(model.mixture.components)
    if strategy == "set":
        # And which of the remaining items comes next.
        need += math.log2(max(1, count))
    return need


def make_plan(
    model: FrozenModel, codes: Ints, *, ordering: str, keep: bool, gain: float, blocks: int,
    solver: str = "improved",
) -> Plan:  # fmt: skip
    """Choose a strategy and lay out the batches.

    codes: int64 (N, D) of the distinct images in their written order. ordering: a strategy,
    or `auto` for the cheapest; in `keep` a tour pays log2 N! bits for its permutation, and
    otherwise a set gets them back. solver: of tours, see `solve`.
    gain, blocks: see `ramp_sizes`. Deterministic. Raises `CoderError` on a strategy that is
    unknown or does not go with `keep`, and on a solver that is unknown or does not take N images.

    `auto` estimates the strategies without an order first. A better tour than the greedy one is
    sought, which takes a while, only if three quarters of the greedy tour's KL (and its
    permutation) would be cheaper than these; and so an estimate of a tour may be the greedy one's.
    """
    if ordering not in (*STRATEGIES, "auto"):
        raise CoderError(f"unknown ordering {ordering!r}; there are auto, {', '.join(STRATEGIES)}")
    if ordering == "set" and keep:
        raise CoderError("the ordering `set` gives the order up: it needs the order `any`")
    if ordering in ("tour", "auto"):
        check_solver(solver, len(codes))
    blind = [s for s in STRATEGIES if s != "tour" and not (keep and s == "set")]
    if ordering != "auto":
        blind = [ordering] if ordering != "tour" else []
    count = len(codes)
    laid = {}
    estimates = {}
    for strategy in blind:
        sizes = iid_sizes(count, _need(model, strategy, count), gain, blocks)
        schedule = build_schedule(strategy, sizes)
        laid[strategy] = schedule, np.arange(count)
        estimates[strategy] = schedule_latent_bits(model, codes, schedule, seed=0)
        if strategy == "set":
            estimates[strategy] -= permutation_bits(count)
    if ordering in ("tour", "auto"):
        sizes = tour_sizes(count, _need(model, "tour", count), gain, blocks)
        stored = permutation_bits(count) if keep else 0.0
        limit = min(estimates.values(), default=math.inf) - stored
        laid["tour"], bits = _lay_tour(model, codes, sizes, solver, limit)
        estimates["tour"] = bits + stored
    best = min(estimates, key=lambda strategy: estimates[strategy])
    schedule, order = laid[best]
    return Plan(best, schedule, order, keep and best == "tour", estimates)


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
