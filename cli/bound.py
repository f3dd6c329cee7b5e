"""The bound of a data set that was compressed: what the float model expects it to cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .session import warn

if TYPE_CHECKING:
    from acncodec.codec import CompressStats
    from acncodec.codec.compress_mixed import KeptMixed
    from acncodec.images import DataSource
    from acncodec.images.mixed_source import MixedSource
    from acncodec.models.frozen import FrozenModel

BOUND_SAMPLES = 1
BOUND_SEED = 0


def bound_of(
    data: DataSource | MixedSource, models: list[FrozenModel], stats: CompressStats,
    shard_size: int | None, mixed: KeptMixed | None,
) -> float | None:  # fmt: skip
    """As `bound_or_none`; of a mixed set as it was coded, that of its modelled images, and the
    bytes of those that are stored."""
    from acncodec.analysis.mixed_bound import mixed_bound_nats
    from acncodec.errors import DataError, ModelError
    from acncodec.images.mixed_source import MixedSource

    if mixed is not None:
        try:
            return mixed_bound_nats(mixed, BOUND_SAMPLES, BOUND_SEED)
        except (DataError, ModelError) as error:
            warn(f"no bound: {error}")
            return None
    if isinstance(data, MixedSource):
        return None
    chosen = next(model for model in models if model.name == stats.model)
    return bound_or_none(data, chosen, stats, shard_size)


def bound_or_none(
    data: DataSource, model: FrozenModel, stats: CompressStats, shard_size: int | None = None
) -> float | None:
    """The float model's expected cost for the same data and order, nats an image.

    None for no images, and with a warning for several shards, for images that are not in memory,
    and for a model without float weights, which decide no bit.
    """
    from acncodec.analysis.priced import bound_nats
    from acncodec.contracts.latent_space import UrnRule
    from acncodec.errors import ModelError
    from acncodec.images import DataSet

    if not data.count:
        return None
    if not isinstance(data, DataSet):
        warn("no bound: it would need all images in memory, which are read shard by shard")
        return None
    if shard_size is not None and data.count > shard_size:
        warn("no bound: it would be that of one shard, and there are several")
        return None
    rule = None if stats.alpha is None else UrnRule(stats.alpha, stats.kernel or 0)
    try:
        return bound_nats(
            data, model, stats.ordering or "iid", stats.order, BOUND_SAMPLES, BOUND_SEED,
            stats.solver or "improved", rule,
        )[0]  # fmt: skip
    except ModelError as error:
        warn(f"no bound: {error}")
        return None
