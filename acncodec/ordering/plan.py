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
        return build_schedule(strategy, iid_sizes(count, need, gain, blocks)), np.arange(count)
    sizes = tour_sizes(count, need, gain, blocks)
    return build_schedule("tour", sizes), lay_tour(tour, sizes)


def _doubt_bits(codes: Ints) -> float:
    """By how much a tour with its permutation must promise to be cheaper than `iid`.

    Estimates and files are draws of latents, which scatter with the root of their number; and a
    tour has the longer header. So much in hand, it is hardly ever the larger file.
    """
    return 64 + 8 * math.sqrt(codes.size)


def make_plan(
    model: FrozenModel, codes: Ints, *, ordering: str, keep: bool, gain: float, blocks: int
) -> Plan:
    """Choose a strategy and lay out the batches.

    codes: int64 (N, D) of the distinct images in their written order. ordering: a strategy,
    or `auto` for the cheapest; in `keep` a tour pays log2 N! bits for its permutation and must
    be clearly cheaper, and otherwise a set gets them back.
    gain, blocks: see `ramp_sizes`. Deterministic. Raises `CoderError` on a strategy that is
    unknown or does not go with `keep`.
    """
    if ordering not in (*STRATEGIES, "auto"):
        raise CoderError(f"unknown ordering {ordering!r}; there are auto, {', '.join(STRATEGIES)}")
    if ordering == "set" and keep:
        raise CoderError("the ordering `set` gives the order up: it needs the order `any`")
    wanted = [s for s in STRATEGIES if not (keep and s == "set")]
    if ordering != "auto":
        wanted = [ordering]
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
    doubt = {"tour": _doubt_bits(codes)} if keep else {}
    best = min(estimates, key=lambda strategy: estimates[strategy] + doubt.get(strategy, 0.0))
    schedule, order = plans[best]
    return Plan(best, schedule, order, keep and best == "tour", estimates)
