"""Bob's side of one shard: images off its stack, checked by their digest, or the first of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.container import Archive
from acncodec.errors import CorruptionError
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import Schedule
from acncodec.run.workers import Workers
from acncodec.shards.arrange import known_rows, pixels_digest, restore
from acncodec.shards.stack import OpenStack, StackSource, each_batch, open_stack

Progress = Callable[[str, float], None]
Pixels = NDArray[Any]


def open_shard(archive: Archive, index: int) -> OpenStack:
    """Begin to read the stack of a shard. Raises as `open_stack`."""
    header = archive.uniform
    if not archive.has_stack(index):
        raise CorruptionError(f"shard {index}: its stack is damaged or missing")
    source = StackSource(
        archive.stack(index), header.shards[index], header.coder, header.order == "keep",
        header.kind, f"shard {index}",
    )  # fmt: skip
    return open_stack(source)


def _pop_images(
    opened: OpenStack, schedule: Schedule, archive: Archive, model: FrozenModel, workers: Workers,
    progress: Progress,
) -> Pixels:  # fmt: skip
    """The images of `schedule`, all of the shard's or its first batches, in decoding order."""
    header = archive.uniform
    pixels = np.zeros((len(schedule.parents), *header.shape), header.spec.index_dtype)
    batches = each_batch(opened, schedule, model, workers, progress)
    for rows, images in zip(schedule.batches(), batches, strict=True):
        pixels[rows] = images
    return pixels


def duplicates_of(archive: Archive, index: int) -> bytes:
    """The packed duplicates of a shard, empty where it has none.

    Raises `CorruptionError` where they are missing.
    """
    shard = archive.header.shards[index]
    duplicates = archive.duplicates(index) or b""
    if not duplicates and shard.count != shard.distinct:
        raise CorruptionError(f"shard {index} lacks its duplicates")
    return duplicates


def pop_shard(
    archive: Archive, index: int, model: FrozenModel, workers: Workers, progress: Progress
) -> Pixels:
    """Bob: the images of shard `index` as they are written, (N, C, H, W).

    Raises `CorruptionError` when they are not the images that the digest was taken of.
    """
    opened = open_shard(archive, index)
    return _pop_whole(opened, archive, index, model, workers, progress)


def _pop_whole(
    opened: OpenStack, archive: Archive, index: int, model: FrozenModel, workers: Workers,
    progress: Progress,
) -> Pixels:  # fmt: skip
    header = archive.uniform
    decoded = _pop_images(opened, opened.schedule, archive, model, workers, progress)
    if opened.order is not None:
        pixels = np.empty_like(decoded)
        pixels[opened.order] = decoded
    else:
        pixels = decoded
    count, keep = header.shards[index].count, header.order == "keep"
    written = restore(pixels, count, duplicates_of(archive, index), keep)
    if not opened.has_seed(pixels_digest(written)):
        raise CorruptionError(f"shard {index}: the decoded images do not match their digest")
    return written


@dataclass(frozen=True, eq=False)
class ShardRows:
    """Some images of a shard: (n, C, H, W), and how many of its distinct ones had to be
    decoded for them; the digest was checked if that is all of them."""

    pixels: Pixels
    decoded: int


def pop_rows(
    archive: Archive, index: int, rows: slice, model: FrozenModel, workers: Workers,
    progress: Progress,
) -> ShardRows:  # fmt: skip
    """Bob: the images `rows` of shard `index` as they are written, and no batch beyond those that
    they need. In the order `any` that is all: what is written where depends on every image.

    rows: within the shard, not empty. Raises `CorruptionError` as `pop_shard` does, as far as
    it looks.
    """
    shard = archive.uniform.shards[index]
    opened = open_shard(archive, index)
    batches = len(shard.sizes)
    if archive.header.order == "keep":
        numbers = known_rows(duplicates_of(archive, index), shard.count, shard.distinct)[rows]
        place = numbers if opened.order is None else np.argsort(opened.order)[numbers]
        batches = opened.schedule.batch_of(int(place.max())) + 1
    if batches == len(shard.sizes):
        pixels = _pop_whole(opened, archive, index, model, workers, progress)[rows]
        return ShardRows(pixels, shard.distinct)
    part = opened.schedule.first_batches(batches)
    decoded = _pop_images(opened, part, archive, model, workers, progress)
    return ShardRows(decoded[place], len(decoded))
