"""Bob's side of one stack: images off it, in decoding order, and whether its seed was theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import Pixels
from acncodec.container import ShardHeader
from acncodec.container.shard_header import check_plausible
from acncodec.contracts.latent_space import UrnRule
from acncodec.contracts.message import StoredMessage
from acncodec.errors import CoderError, CorruptionError
from acncodec.images.mixed_images import Images, MixedImages, joined
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import Schedule
from acncodec.ordering.strategies import STRATEGIES
from acncodec.run.workers import Workers
from acncodec.shards.codec import shard_codec
from acncodec.stack.ans import seed_words
from acncodec.stack.coders import reader
from acncodec.stack.elementary import Permutation

Progress = Callable[[str, float], None]
Ints = NDArray[np.int64]

DIGEST_BYTES = 32


@dataclass(frozen=True)
class StackSource:
    """A stack as it lies in a file.

    payload: its bytes; coding: how it is read; coder: of the archive; keep: whether the archive
    restores the order; images: what its images are; name: what messages call it.
    """

    payload: bytes
    coding: ShardHeader
    coder: str
    keep: bool
    images: Images
    name: str


@dataclass(frozen=True, eq=False)
class OpenStack:
    """A stack, nothing popped but the permutation `order` (U,), if there is one."""

    source: StackSource
    stack: StoredMessage
    schedule: Schedule
    order: Ints | None

    def has_seed(self, digest: bytes) -> bool:
        """Whether what is left is the seed of this digest. All images must have been popped."""
        left, blocks = self.stack.remainder(), self.source.coding.seed_blocks
        # The length first: a count of blocks that lies shall not cost the time of so long a chain.
        return len(left) == DIGEST_BYTES * blocks and left == (
            seed_words(digest, blocks).astype("<u4").tobytes()
        )


def open_stack(source: StackSource) -> OpenStack:
    """Begin to read a stack. Raises `CorruptionError`."""
    coding = source.coding
    short = CorruptionError(f"{source.name} is too short")
    check_plausible(source.payload, coding.distinct, short)
    stack = reader(source.coder, source.payload)
    strategy = STRATEGIES[coding.strategy]
    schedule = strategy.schedule(coding.sizes)
    if (coding.permuted and not source.keep) or (strategy.gives_up_order and source.keep):
        raise CorruptionError(f"{source.name}: its strategy and its order contradict each other")
    with senseless(source.name):
        order = Permutation(coding.distinct).pop(stack) if coding.permuted else None
    return OpenStack(source, stack, schedule, order)


@contextmanager
def senseless(name: str) -> Iterator[None]:
    """What a coder refuses while it reads is the archive's fault."""
    try:
        yield
    except CoderError as error:
        raise CorruptionError(f"{name}: what the stack holds makes no sense") from error


def pop_batches(
    opened: OpenStack, schedule: Schedule, model: FrozenModel, workers: Workers, progress: Progress
) -> list[Pixels]:
    """The images of `schedule`, all of the stack's or its first batches, batch by batch."""
    return list(each_batch(opened, schedule, model, workers, progress))


def each_batch(
    opened: OpenStack, schedule: Schedule, model: FrozenModel, workers: Workers, progress: Progress
) -> Iterator[Pixels]:
    """As `pop_batches`, each batch decoded when it is asked for."""
    coding, done = opened.source.coding, 0

    def count(images: int) -> None:
        nonlocal done
        done += images
        progress("decoding", done / max(1, len(schedule.parents)))

    count(0)
    rule = None if coding.alpha is None else UrnRule(coding.alpha, coding.kernel)
    codec = shard_codec(
        STRATEGIES[coding.strategy], schedule, rule, model, opened.source.images, workers, count
    )
    with senseless(opened.source.name):
        yield from codec.pop(opened.stack)


def in_written_order(opened: OpenStack, batches: list[Pixels], none: Pixels) -> Pixels:
    """All images of a stack by their numbers; in the order `any` as they were decoded.

    none: no images of this kind.
    """
    decoded: Pixels
    if isinstance(none, MixedImages):
        mixed = [part for part in batches if isinstance(part, MixedImages)]
        decoded = joined(mixed, none.classes)
    else:
        arrays = [part for part in batches if not isinstance(part, MixedImages)]
        decoded = np.concatenate([none, *arrays])
    return decoded if opened.order is None else decoded[np.argsort(opened.order)]
