"""Part of `second_reader`: what the header's fields must have to do with one another (3)."""

from __future__ import annotations

import math

from second_reader.fields import need
from second_reader.images import Kind
from second_reader.parts import Shard


def check_kinds(kinds: list[Kind], dtype: str, layout: str, equal: int) -> bool:
    """Whether all images have one shape; they are such that an array can have."""
    one_shape = len({kind.shape for kind in kinds}) == 1
    if one_shape:
        need(layout != "nhw" or kinds[0].channels == 1, "header: nhw of several channels")
    else:
        need(dtype in ("uint8", "uint16"), "header: dtype of several shapes")
        need(equal == 1, "header: equal channels of several shapes")
    need(equal == 1 or layout != "nhw", "header: nhw of equal channels")
    need(kinds[0].channels + equal - 1 <= 4, "header: too many channels")
    return one_shape


def check_counts(
    shards: list[Shard], kinds: list[Kind], coded: list[Kind], coder: str, labels: bool
) -> None:
    """Labels, the coder, batches and images are within their limits."""
    mixed = kinds[0].mixed
    if labels:
        need(not mixed, "header: labels of a mixed set")
        top = kinds[0].levels - 1
        need(255 * math.prod(kinds[0].shape) * top**2 < 2**62, "header: labels of large images")
    if coder == "torchac":
        need(all(kind.levels <= 256 for kind in coded), "header: levels for torchac")
    parts = [part for shard in shards for part in shard.parts]
    batches = sum(repeats for part in parts for _, repeats in part.runs)
    need(batches <= 2**20, "header: too many batches")
    total = sum(size_of(shard, kinds) for shard in shards)
    most = 2**37 if any(kind.levels > 256 for kind in kinds) else 2**36
    need(total <= most, "header: too many images")


def size_of(shard: Shard, kinds: list[Kind]) -> int:
    """Bytes of a shard's images, each repeat taken for one of the largest (3.1)."""
    counts = shard.stored + [pair for part in shard.parts for pair in part.counts]
    sizes = [(kinds[kind].size, count) for kind, count in counts]
    largest = max([size for size, _ in sizes], default=0)
    distinct = sum(size * count for size, count in sizes)
    return distinct + (shard.images - shard.distinct) * largest
