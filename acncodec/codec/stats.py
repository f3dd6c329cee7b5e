"""What a compression cost, in bytes, bits and nats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.made import Made
from acncodec.codec.options import CompressOptions
from acncodec.container import MixedHeader
from acncodec.container.ledger import Ledger
from acncodec.errors import DataError
from acncodec.images import DataSource
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import rows_by_class
from acncodec.images.mixed_source import MixedSource
from acncodec.mixed.push import CodedMixed
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.strategies import STRATEGIES
from acncodec.shards.push import CodedShard

NATS = math.log(2)
"""Nats of a bit."""


@dataclass(frozen=True)
class ShapeCount:
    """How many images have a shape and number of levels, and how many of them are stored."""

    levels: int
    channels: int
    height: int
    width: int
    count: int
    stored: int = 0


@dataclass(frozen=True)
class CompressStats:
    """What a compression cost. Per-image fields are None when there are no images.

    `nats_per_image` counts every byte of the file but `side_bytes`, and so does `bits_per_dim`, a
    dimension being a sample: a pixel has one for each channel that is coded; `ideal_nats_per_image`
    is -log2 of the integer frequencies used, bits-back subtracted, and splits into KL,
    reconstruction and order (log2 N! where one is stored, less than nothing in a set);
    `initial_bits` is what the stack holds beyond the ideal: the digest at its bottom and the
    coder's rounding; `estimates` are what each ordering was thought to cost, latents and order,
    nats an image, before one was taken; `solver` is that of the tour, if it is one. `levels` is
    None where images differ in it; `stored_images` were stored and not modelled; `shapes` are what
    images there are. Of several models, the first is `model`, and all are `models`; without a model
    there is no ordering. `is_mixed` tells the form of the archive. `model_bytes` are
    those of a model that the file carries, which count in the figures an image too. `ledger_bits`
    has every bit of the file once.
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
    ordering: str | None
    solver: str | None
    coder: str
    model: str | None
    model_sha256: str | None
    distinct: int
    estimates: dict[str, float]
    alpha: int | None = None
    kernel: int | None = None
    levels: int | None = None
    stored_images: int = 0
    shapes: tuple[ShapeCount, ...] = ()
    models: tuple[str, ...] = ()
    is_mixed: bool = False
    model_bytes: int = 0
    ledger_bits: Ledger = field(default_factory=Ledger)

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return asdict(self)


def compress_stats(
    data: DataSource, model: FrozenModel, options: CompressOptions, made: Made
) -> CompressStats:
    """Add up what the shards of an archive cost."""
    sizes, ledger, coded = made.sizes, made.ledger, made.stacks
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
        kl_nats_per_image=per_image(ledger.latents),
        reconstruction_nats_per_image=per_image(ledger.pixels),
        order_nats_per_image=per_image(ledger.order + ledger.choices),
        initial_bits=8 * stack_bytes - ideal_bits,
        order=options.order, ordering=coded[0].header.strategy,
        solver=options.solver if STRATEGIES[coded[0].header.strategy].searches else None,
        coder=options.coder,
        model=model.name, model_sha256=model.model_id.hex(),
        distinct=sum(shard.header.distinct for shard in coded),
        alpha=rule.alpha if rule else None, kernel=rule.kernel if rule else None,
        estimates=_estimates(coded[0]), model_bytes=sizes.models, levels=data.levels,
        models=(model.name,),
        shapes=(ShapeCount(data.levels, *data.shape, count),) if count else (), ledger_bits=ledger,
    )  # fmt: skip


def mixed_stats(
    data: MixedSource, shapes: tuple[ShapeCount, ...], options: CompressOptions, made: Made
) -> CompressStats:
    """The same of a mixed set; shapes: what images there are."""
    header, sizes, ledger, stacks = made.header, made.sizes, made.ledger, made.stacks
    if not isinstance(header, MixedHeader):
        raise DataError("the archive is not one of a mixed set")
    count = data.count
    payload_bytes = sum(len(stack.payload) for stack in stacks)
    ideal_bits = sum(stack.ideal_bits for stack in stacks)
    samples = sum(one.channels * one.height * one.width * one.count for one in shapes)
    file_bits = 8 * (sizes.total - sizes.side)
    levels = {one.levels for one in shapes}
    order_bits = ledger.choices + sum(stack.tally.order_bits for stack in stacks)
    strategies = list(dict.fromkeys(stack.header.strategy for stack in stacks))
    rule = stacks[0].rule if len(strategies) == 1 else None

    def per_image(bits: float) -> float:
        return bits * NATS / count

    return CompressStats(
        images=count, raw_bytes=data.raw_bytes, array_bytes=data.array_bytes,
        file_bytes=sizes.total, side_bytes=sizes.side, stack_bytes=payload_bytes,
        other_bytes=sizes.total - sizes.side - payload_bytes,
        bits_per_image=file_bits / count, bits_per_dim=file_bits / samples,
        nats_per_image=per_image(file_bits), ideal_nats_per_image=per_image(ideal_bits),
        kl_nats_per_image=per_image(ledger.latents),
        reconstruction_nats_per_image=per_image(ledger.pixels),
        order_nats_per_image=per_image(order_bits),
        initial_bits=8 * payload_bytes - ideal_bits, order=options.order,
        ordering=", ".join(strategies) or None,
        solver=options.solver if any(STRATEGIES[one].searches for one in strategies) else None,
        coder=options.coder, model=header.models[0].name if header.models else None,
        model_sha256=header.models[0].model_id.hex() if header.models else None,
        distinct=sum(shard.distinct for shard in header.shards),
        estimates=_estimates(stacks[0]) if len(stacks) == 1 else {},
        alpha=rule.alpha if rule else None, kernel=rule.kernel if rule else None,
        levels=levels.pop() if len(levels) == 1 else None,
        stored_images=sum(shape.stored for shape in shapes), shapes=shapes,
        models=tuple(model.name for model in header.models), is_mixed=True,
        model_bytes=sizes.models, ledger_bits=ledger,
    )  # fmt: skip


def mixed_shapes(
    classes: Sequence[ImageClass], members: NDArray[np.int64], coded: Sequence[CodedMixed]
) -> tuple[ShapeCount, ...]:
    """What images there are; members: the class of each image, shard after shard, (N,)."""
    stored = np.concatenate([shard.stored for shard in coded])
    found: dict[tuple[int, int, int, int], list[int]] = {}
    for number, rows in rows_by_class(members).items():
        one = classes[number]
        counts = found.setdefault((one.levels, *one.shape), [0, 0])
        counts[0] += len(rows)
        counts[1] += int(stored[rows].sum())
    return tuple(ShapeCount(*key, *counts) for key, counts in sorted(found.items()))


def _estimates(shard: CodedShard) -> dict[str, float]:
    """What `auto` thought, of the first shard, nats an image."""
    count = shard.header.count
    return {name: bits * NATS / count for name, bits in shard.estimates.items() if count}
