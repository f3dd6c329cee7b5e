"""What a compression cost, in bytes, bits and nats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from acncodec.codec.options import CompressOptions
from acncodec.container import ArchiveBytes
from acncodec.images import DataSource
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.strategies import STRATEGIES
from acncodec.shard_push import CodedShard

NATS = math.log(2)
"""Nats of a bit."""


@dataclass(frozen=True)
class CompressStats:
    """What a compression cost. Per-image fields are None when there are no images.

    `nats_per_image` counts every byte of the file but `side_bytes`, and so does `bits_per_dim`, a
    dimension being a sample: a pixel has one for each channel that is coded; `ideal_nats_per_image`
    is -log2 of the integer frequencies used, bits-back subtracted, and splits into KL,
    reconstruction and order (log2 N! where one is stored, less than nothing in a set);
    `initial_bits` is what the stack holds beyond the ideal: the digest at its bottom and the
    coder's rounding; `estimates` are what each ordering was thought to cost, latents and order,
    nats an image, before one was taken; `solver` is that of the tour, if it is one. `model_bytes`
    are those of a model that the file carries, which count in the figures an image too.
    """

    images: int
    raw_bytes: int
    array_bytes: int
    file_bytes: int
    side_bytes: int
    stack_bytes: int
    other_bytes: int
    bits_per_image: float | None
    bits_per_dim: float | None
    nats_per_image: float | None
    ideal_nats_per_image: float | None
    kl_nats_per_image: float | None
    reconstruction_nats_per_image: float | None
    order_nats_per_image: float | None
    initial_bits: float
    order: str
    ordering: str
    solver: str | None
    coder: str
    model: str
    model_sha256: str
    distinct: int
    estimates: dict[str, float]
    alpha: int | None = None
    kernel: int | None = None
    model_bytes: int = 0

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return asdict(self)


def compress_stats(
    data: DataSource, model: FrozenModel, options: CompressOptions, coded: Sequence[CodedShard],
    sizes: ArchiveBytes,
) -> CompressStats:  # fmt: skip
    """Add up what the shards cost; `sizes` say where all bytes of the file are."""
    file_bytes, side_bytes = sizes.total, sizes.side
    count, stack_bytes = data.count, sum(len(shard.payload) for shard in coded)
    ideal_bits = sum(shard.ideal_bits for shard in coded)
    rule = coded[0].rule

    def per_image(bits: float) -> float | None:
        return bits * NATS / count if count else None

    file_bits = 8 * (file_bytes - side_bytes)
    return CompressStats(
        images=count, raw_bytes=data.raw_bytes, array_bytes=data.array_bytes,
        file_bytes=file_bytes, side_bytes=side_bytes, stack_bytes=stack_bytes,
        other_bytes=file_bytes - side_bytes - stack_bytes,
        bits_per_image=file_bits / count if count else None,
        bits_per_dim=file_bits / (count * math.prod(data.shape)) if count else None,
        nats_per_image=per_image(file_bits),
        ideal_nats_per_image=per_image(ideal_bits),
        kl_nats_per_image=per_image(sum(shard.tally.latent_bits for shard in coded)),
        reconstruction_nats_per_image=per_image(sum(shard.tally.pixel_bits for shard in coded)),
        order_nats_per_image=per_image(sum(shard.tally.order_bits for shard in coded)),
        initial_bits=8 * stack_bytes - ideal_bits,
        order=options.order, ordering=coded[0].header.strategy,
        solver=options.solver if STRATEGIES[coded[0].header.strategy].searches else None,
        coder=options.coder,
        model=model.name, model_sha256=model.model_id.hex(),
        distinct=sum(shard.header.distinct for shard in coded),
        alpha=rule.alpha if rule else None, kernel=rule.kernel if rule else None,
        estimates=_estimates(coded[0]), model_bytes=sizes.models,
    )  # fmt: skip


def _estimates(shard: CodedShard) -> dict[str, float]:
    """What `auto` thought, of the first shard, nats an image."""
    count = shard.header.count
    return {name: bits * NATS / count for name, bits in shard.estimates.items() if count}
