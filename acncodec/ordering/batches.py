"""Batch sizes: as wide as is useful, but never asking the stack for bits it does not have.

Alice starts with the last batch, when nothing but the digest lies on the stack, and each
image first *takes* bits (its latent is popped) and then gives more back. So the last batches
are small and grow with what the earlier ones left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from acncodec.errors import CoderError
from acncodec.ordering.schedule import MAX_WIDTH

SEED_BITS = 256
RESERVE_BITS = 64
MAX_HEADS = 256
MIN_URN_WIDTH = 16
MAX_SEED_BLOCKS = 64


@dataclass(frozen=True)
class Need:
    """What an image takes from the stack before it gives any back, bits: `mean` on average;
    `spread` is what one may take beyond, which for several grows with the root of their number."""

    mean: float
    spread: float

    def of(self, images: int) -> float:
        """Bits that so many images side by side may take."""
        return self.mean * images + self.spread * math.sqrt(images)


@dataclass(frozen=True)
class Budget:
    """What Alice counts on: `gain`, bits by which an image surely lengthens the stack in the end;
    `blocks`, digests that the stack starts with."""

    gain: float
    blocks: int = 1

    @property
    def seed_bits(self) -> float:
        """Bits on the stack before anything is pushed."""
        return float(SEED_BITS * self.blocks)


def seed_blocks(need: Need) -> int:
    """The fewest digests with which one image can begin. Raises `CoderError` if none will do."""
    for blocks in range(1, MAX_SEED_BLOCKS + 1):
        if need.of(1) <= Budget(0.0, blocks).seed_bits - RESERVE_BITS:
            return blocks
    raise CoderError("an image takes more bits than a stack's seed may have")


def budgets(gain: float, blocks: int) -> Iterator[Budget]:
    """Ever more careful ones for images of which one is expected to lengthen the stack by `gain`
    bits; the first one, which is the only one to start with, nearly always does."""
    yield from (Budget(gain * share, blocks) for share in (0.8, 0.5, 0.2, 0.0))
    while 2 * blocks <= MAX_SEED_BLOCKS:
        blocks *= 2
        yield Budget(0.0, blocks)


def head_count(count: int) -> int:
    """Heads of a tour through `count` images.

    A head costs the difference of the two priors, a few nats; arms are what is decoded side
    by side. One head in 128 images keeps that cost under 0.1 %; small sets, whose header
    costs more than their heads, get more of them and so wider batches.
    """
    return max(1, min(MAX_HEADS, count // 48, max(20, count // 128)))


def ramp_sizes(count: int, widest: int, need: Need, budget: Budget) -> list[int]:
    """Sizes, smallest first, that sum to `count`, none over `widest`.

    Raises `CoderError` when not even one image could begin.
    """
    return sorted(_affordable_sizes(count, lambda _: widest, need, budget))


def _affordable_sizes(
    count: int, widest: Callable[[int], int], need: Need, budget: Budget
) -> list[int]:
    """As `ramp_sizes`, in Alice's order; `widest` tells how wide a batch may be by how many
    images are left when she comes to it."""
    sizes: list[int] = []
    stack, left = budget.seed_bits, count
    while left:
        affordable, spare = 0, stack - RESERVE_BITS
        while affordable < min(widest(left), left) and need.of(affordable + 1) <= spare:
            affordable += 1
        if not affordable:
            raise CoderError("the stack's seed is too short for one image")
        sizes.append(affordable)
        left -= affordable
        stack += budget.gain * affordable
    return sizes


def iid_sizes(count: int, need: Need, budget: Budget) -> tuple[int, ...]:
    """Batch sizes for `iid` and `set`, in decoding order."""
    return tuple(reversed(ramp_sizes(count, MAX_WIDTH, need, budget)))


def urn_sizes(count: int, need: Need, budget: Budget) -> tuple[int, ...]:
    """Batch sizes for `urn`, in decoding order: few at first, since the images of a batch do
    not see each other; from 32 images on, a batch adds at most half of those before it."""

    def widest(left: int) -> int:
        return min(MAX_WIDTH, max(MIN_URN_WIDTH, left // 3))

    return tuple(reversed(_affordable_sizes(count, widest, need, budget)))


def tour_sizes(count: int, need: Need, budget: Budget) -> tuple[int, ...]:
    """Batch sizes for `tour`: the heads, then twice as many arms, then the ramp's end."""
    if not count:
        return ()
    heads = head_count(count)
    rest = ramp_sizes(count - heads, 2 * heads, need, budget) if count > heads else []
    return (heads, *reversed(rest))
