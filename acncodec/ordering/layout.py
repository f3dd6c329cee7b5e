"""The batch sizes of a strategy for a model: what an image takes from the stack decides them."""

from __future__ import annotations

import math

from acncodec.families.family import CODES
from acncodec.latents.urn import CANDIDATES
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.estimate import posterior_bits
from acncodec.ordering.ramp import LATENT_SPREAD_BITS, iid_sizes, tour_sizes, urn_sizes
from acncodec.ordering.schedule import SETS


def need_bits(model: FrozenModel, strategy: str, count: int) -> float:
    """Bits that one of `count` images takes from the stack before it gives any back."""
    need = posterior_bits(model.config.latent_dim)
    # Items without a parent also pop a component before the stack grows again.
    explanations = model.mixture.components + (CANDIDATES if strategy == "urn" else 0)
    need += math.log2(explanations)
    if strategy in SETS:
        # And which of the remaining items comes next.
        need += math.log2(max(1, count))
    return need


def batch_sizes(
    model: FrozenModel, strategy: str, count: int, gain: float, blocks: int
) -> tuple[int, ...]:
    """Sizes in decoding order that sum to `count`; gain, blocks: see `ramp_sizes`."""
    need = need_bits(model, strategy, count)
    if strategy == "tour":
        return tour_sizes(count, need, gain, blocks)
    if strategy == "urn":
        return urn_sizes(count, need, gain, blocks)
    spread = LATENT_SPREAD_BITS if model.can(CODES) else 0.0
    return iid_sizes(count, need, gain, blocks, spread)
