"""The codec of a shard's distinct images: schedule, latent space and likelihood put together."""

from __future__ import annotations

from collections.abc import Callable

from acncodec.coding.sequence import Sequence, Shared
from acncodec.coding.sets import SetOf
from acncodec.contracts.image_kind import ImageKind
from acncodec.contracts.latent_space import UrnRule
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import Schedule
from acncodec.ordering.strategies import Strategy
from acncodec.run.workers import Workers


def shard_codec(
    strategy: Strategy, schedule: Schedule, rule: UrnRule | None, model: FrozenModel,
    images: ImageKind, workers: Workers, progress: Callable[[int], None],
) -> Sequence:  # fmt: skip
    """How images of one size and number of levels are pushed and popped by a strategy.

    rule: of an urn, else None; progress: told how many images more are done.
    """
    space, likelihood = model.latents, model.likelihood.of(images)
    shared = Shared(
        likelihood=lambda z: likelihood.codec(z, workers),
        encode=lambda pixels: encode_images(model, pixels, workers, images.levels),
        posterior=space.posterior,
    )
    priors = strategy.priors(space, schedule, rule)
    kind = SetOf if strategy.gives_up_order else Sequence
    return kind(schedule.sizes, shared, priors, progress)
