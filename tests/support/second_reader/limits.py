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
    counts = [pair for shard in shards for pair in shard.stored]
    counts += [pair for part in parts for pair in part.counts]
    repeats = sum(shard.images - shard.distinct for shard in shards)
    total = sum(count * kinds[kind].size for kind, count in counts)
    total += repeats * max(kind.size for kind in kinds)
    need(total <= 2**36, "header: too many images")
