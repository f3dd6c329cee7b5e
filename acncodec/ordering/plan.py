"""Alice's plan: which strategy, which order, which batches."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import CoderError
from acncodec.exact.model import FrozenModel
from acncodec.ordering.estimate import posterior_bits, schedule_latent_bits
from acncodec.ordering.ramp import LATENT_SPREAD_BITS, iid_sizes, tour_sizes
from acncodec.ordering.schedule import STRATEGIES, Schedule, build_schedule, lay_tour
from acncodec.ordering.tour import greedy_tour

Ints = NDArray[np.int64]


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


def strategies_for(model: FrozenModel, keep: bool) -> tuple[str, ...]:
    """The strategies that this model and this order allow."""
    refused = {"set"} if keep else set()
    if model.prior is None:
        refused.add("tour")
    return tuple(strategy for strategy in STRATEGIES if strategy not in refused)


def check_strategy(model: FrozenModel, strategy: str) -> None:
    """Raise `CoderError` if the model cannot have this strategy."""
    if strategy == "tour" and model.prior is None:
        raise CoderError(
            f"model {model.name} ({model.profile}) has no prior network, which the ordering "
            f"`tour` needs; there are {', '.join(strategies_for(model, keep=False))}"
        )


def _lay(
    model: FrozenModel, strategy: str, tour: Ints | None, count: int, gain: float, blocks: int
) -> tuple[Schedule, Ints]:
    need = posterior_bits(model.config.latent_dim)
    # Items without a parent also pop a component before the stack grows again.
    need += math.log2(model.mixture.components)
    if strategy == "set":
        # And which of the remaining items comes next.
        need += math.log2(max(1, count))
    if tour is None:
        spread = LATENT_SPREAD_BITS if model.config.has_latents else 0.0
        sizes = iid_sizes(count, need, gain, blocks, spread)
        return build_schedule(strategy, sizes), np.arange(count)
    sizes = tour_sizes(count, need, gain, blocks)
    return build_schedule("tour", sizes), lay_tour(tour, sizes)


def make_plan(
    model: FrozenModel, codes: Ints, *, ordering: str, keep: bool, gain: float, blocks: int
) -> Plan:
    """Choose a strategy and lay out the batches.

    codes: int64 (N, D) of the distinct images in their written order. ordering: a strategy,
    or `auto` for the cheapest; in `keep` a tour pays log2 N! bits for its permutation, and
    otherwise a set gets them back.
    gain, blocks: see `ramp_sizes`. Deterministic. Raises `CoderError` on a strategy that is
    unknown or goes neither with `keep` nor with the model.
    """
    if ordering not in (*STRATEGIES, "auto"):
        raise CoderError(f"unknown ordering {ordering!r}; there are auto, {', '.join(STRATEGIES)}")
    if ordering == "set" and keep:
        raise CoderError("the ordering `set` gives the order up: it needs the order `any`")
    check_strategy(model, ordering)
    wanted = strategies_for(model, keep) if ordering == "auto" else (ordering,)
    count = len(codes)
    plans = {}
    estimates = {}
    for strategy in wanted:
        tour = greedy_tour(codes) if strategy == "tour" else None
        schedule, order = _lay(model, strategy, tour, count, gain, blocks)
        plans[strategy] = schedule, order
        estimates[strategy] = schedule_latent_bits(model, codes[order], schedule, seed=0)
        if keep and strategy == "tour":
            estimates[strategy] += permutation_bits(count)
        if strategy == "set":
            estimates[strategy] -= permutation_bits(count)
    best = min(estimates, key=lambda strategy: estimates[strategy])
    schedule, order = plans[best]
    return Plan(best, schedule, order, keep and best == "tour", estimates)
