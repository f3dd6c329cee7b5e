"""The choice of a strategy: the only one that was asked for, or the cheapest by estimate."""

from __future__ import annotations

import math
from dataclasses import replace

from acncodec.errors import CoderError
from acncodec.ordering.plan import CodingPlan, Task
from acncodec.ordering.strategies import STRATEGIES, Strategy


def strategies_for(conditional: bool, keep: bool) -> tuple[str, ...]:
    """The strategies that a latent space (`LatentSpace.conditional`) and an order allow."""
    return tuple(name for name, one in STRATEGIES.items() if one.allowed(conditional, keep))


def check_strategy(name: str, conditional: bool, keep: bool = False) -> None:
    """Raise `CoderError` if there is no such strategy, or a model with such a latent space cannot
    have it; keep: nor can a set whose order is kept."""
    if name not in STRATEGIES:
        raise CoderError(f"unknown ordering {name!r}; there are auto, {', '.join(STRATEGIES)}")
    if keep and STRATEGIES[name].gives_up_order:
        raise CoderError(f"the ordering `{name}` gives the order up: it needs the order `any`")
    if not STRATEGIES[name].allowed(conditional, keep=False):
        raise CoderError(
            f"the model has no prior network, which the ordering `{name}` needs; there are "
            f"{', '.join(strategies_for(conditional, keep=False))}"
        )


def candidates(task: Task) -> list[Strategy]:
    """The strategies to compare: the one that was asked for, or for `auto` all that are allowed.

    Raises `CoderError` where there is none.
    """
    ordering, keep, conditional = task.options.ordering, task.options.keep, task.prices.conditional
    if ordering == "auto":
        allowed = [STRATEGIES[name] for name in strategies_for(conditional, keep)]
        return [strategy for strategy in allowed if strategy.takes(task.count)]
    check_strategy(ordering, conditional, keep)
    strategy = STRATEGIES[ordering]
    if not strategy.takes(task.count):
        raise CoderError(
            f"the ordering `{ordering}` takes at most {strategy.most:,} different images"
        )
    return [strategy]


def make_plan(task: Task) -> CodingPlan:
    """Choose a strategy and lay out the batches. Deterministic.

    In `keep` a tour pays log2 N! bits for its permutation; a set and an urn get them back. A tour
    comes last: whether one is sought depends on what the others cost. Raises `CoderError` on a
    strategy that is unknown or goes neither with `keep` nor with the model, and on a solver that
    is unknown or does not take N images.
    """
    wanted = candidates(task)
    for strategy in wanted:
        strategy.check(task)
    plans: dict[str, CodingPlan] = {}
    estimates: dict[str, float] = {}
    for strategy in sorted(wanted, key=lambda one: one.searches):
        bits, plan = strategy.propose(task, min(estimates.values(), default=math.inf))
        estimates[strategy.name] = bits
        if plan is not None:
            plans[strategy.name] = plan
    best = min(plans, key=estimates.__getitem__)
    return replace(plans[best], estimates=estimates)
