"""Which strategies there are to choose from: what a model, an order and a count allow."""

from __future__ import annotations

import math

from acncodec.errors import CoderError
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import MAX_URN, SETS, STRATEGIES

NETWORK_STRATEGIES = frozenset({"tour", "urn"})
"""Strategies in which a code prices another image's latent, by the prior network."""


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


def candidates(model: FrozenModel, ordering: str, keep: bool, count: int) -> list[str]:
    """The strategies to compare for an ordering: one, or for `auto` all that are allowed.

    Raises `CoderError` where there is none.
    """
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
