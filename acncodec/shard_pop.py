"""Bob's side of one shard: images off its stack, checked by their digest, or the first of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import known_rows, pixels_digest, restore
from acncodec.container import Archive
from acncodec.container.shard_header import check_plausible
from acncodec.contracts.latent_space import UrnRule
from acncodec.contracts.message import StoredMessage
from acncodec.errors import CoderError, CorruptionError
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import check_work
from acncodec.ordering.schedule import Schedule
from acncodec.ordering.strategies import STRATEGIES
from acncodec.run.workers import Workers
from acncodec.shard_codec import shard_codec
from acncodec.stack.ans import seed_words
from acncodec.stack.coders import reader
from acncodec.stack.elementary import Permutation

Progress = Callable[[str, float], None]
Pixels = NDArray[Any]
Ints = NDArray[np.int64]

DIGEST_BYTES = 32


@dataclass(frozen=True, eq=False)
class _OpenShard:
    """A shard's stack, nothing popped but the permutation `order` (U,), if there is one."""

    stack: StoredMessage
    schedule: Schedule
    order: Ints | None


def _open_shard(archive: Archive, index: int, model: FrozenModel) -> _OpenShard:
    header, shard = archive.header, archive.header.shards[index]
    payload = archive.stack(index)
    check_plausible(payload, shard.distinct, CorruptionError(f"shard {index} is too short"))
    check_work(model, header.shape, shard.distinct, len(payload))
    stack = reader(header.coder, payload)
    keep = header.order == "keep"
    strategy = STRATEGIES[shard.strategy]
    schedule = strategy.schedule(shard.sizes)
    if (shard.permuted and not keep) or (strategy.gives_up_order and keep):
        raise CorruptionError(f"shard {index}: its strategy and its order contradict each other")
    with _senseless(index):
        order = Permutation(shard.distinct).pop(stack) if shard.permuted else None
    return _OpenShard(stack, schedule, order)


@contextmanager
def _senseless(index: int) -> Iterator[None]:
    """What a coder refuses while it reads is the archive's fault."""
    try:
        yield
    except CoderError as error:
        raise CorruptionError(f"shard {index}: what the stack holds makes no sense") from error


def _pop_images(
    opened: _OpenShard, schedule: Schedule, archive: Archive, index: int, model: FrozenModel,
    workers: Workers, progress: Progress,
) -> Pixels:  # fmt: skip
    """The images of `schedule`, all of the shard's or its first batches, in decoding order."""
    shard, done = archive.header.shards[index], 0

    def count(images: int) -> None:
        nonlocal done
        done += images
        progress("decoding", done / max(1, len(schedule.parents)))

    count(0)
    rule = None if shard.alpha is None else UrnRule(shard.alpha, shard.kernel)
    spec, shape = archive.header.spec, archive.header.shape
    codec = shard_codec(
        STRATEGIES[shard.strategy], schedule, rule, model, archive.header.kind, workers, count
    )
    pixels = np.zeros((len(schedule.parents), *shape), spec.index_dtype)
    with _senseless(index):
        for rows, images in zip(schedule.batches(), codec.pop(opened.stack), strict=True):
            pixels[rows] = images
    return pixels


def _duplicates(archive: Archive, index: int) -> bytes:
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
    opened = _open_shard(archive, index, model)
    return _pop_whole(opened, archive, index, model, workers, progress)


def _pop_whole(
    opened: _OpenShard, archive: Archive, index: int, model: FrozenModel, workers: Workers,
    progress: Progress,
) -> Pixels:  # fmt: skip
    shard = archive.header.shards[index]
    decoded = _pop_images(opened, opened.schedule, archive, index, model, workers, progress)
    if opened.order is not None:
        pixels = np.empty_like(decoded)
        pixels[opened.order] = decoded
    else:
        pixels = decoded
    keep = archive.header.order == "keep"
    written = restore(pixels, shard.count, _duplicates(archive, index), keep)
    left = opened.stack.remainder()
    # The length first: a count of blocks that lies shall not cost the time of so long a chain.
    same = len(left) == DIGEST_BYTES * shard.seed_blocks and left == (
        seed_words(pixels_digest(written), shard.seed_blocks).astype("<u4").tobytes()
    )
    if not same:
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
    shard = archive.header.shards[index]
    opened = _open_shard(archive, index, model)
    batches = len(shard.sizes)
    if archive.header.order == "keep":
        numbers = known_rows(_duplicates(archive, index), shard.count, shard.distinct)[rows]
        place = numbers if opened.order is None else np.argsort(opened.order)[numbers]
        batches = opened.schedule.batch_of(int(place.max())) + 1
    if batches == len(shard.sizes):
        pixels = _pop_whole(opened, archive, index, model, workers, progress)[rows]
        return ShardRows(pixels, shard.distinct)
    part = opened.schedule.first_batches(batches)
    decoded = _pop_images(opened, part, archive, index, model, workers, progress)
    return ShardRows(decoded[place], len(decoded))
