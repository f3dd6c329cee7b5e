"""Batch sizes: as wide as is useful, but never asking the stack for bits it does not have.

Alice starts with the last batch, when nothing but the digest lies on the stack, and each
image first *takes* bits (its latent is popped) and then gives more back. So the last batches
are small and grow with what the earlier ones left.
"""

from __future__ import annotations

from collections.abc import Callable

from acncodec.errors import CoderError
from acncodec.ordering.schedule import MAX_WIDTH

SEED_BITS = 256
RESERVE_BITS = 64
MAX_HEADS = 256
MIN_URN_WIDTH = 16
LATENT_SPREAD_BITS = 25.0
"""Six standard deviations of the cost of one image's latent, about 4 bits each."""


def head_count(count: int) -> int:
    """Heads of a tour through `count` images.

    A head costs the difference of the two priors, a few nats; arms are what is decoded side
    by side. One head in 128 images keeps that cost under 0.1 %; small sets, whose header
    costs more than their heads, get more of them and so wider batches.
    """
    return max(1, min(MAX_HEADS, count // 48, max(20, count // 128)))


def ramp_sizes(
    count: int,
    widest: int,
    need: float,
    gain: float,
    seed_blocks: int,
    spread: float = LATENT_SPREAD_BITS,
) -> list[int]:
    """Sizes, smallest first, that sum to `count`.

    need: bits an image takes from the stack at first, on average; spread: what one may take
    beyond, which for several grows with the root of their number; gain: bits by which it surely
    lengthens the stack in the end; the stack starts with `seed_blocks` digests. Raises
    `CoderError` when not even one image could begin.
    """
    return sorted(_affordable_sizes(count, lambda _: widest, need, gain, seed_blocks, spread))


def _affordable_sizes(
    count: int,
    widest: Callable[[int], int],
    need: float,
    gain: float,
    seed_blocks: int,
    spread: float = LATENT_SPREAD_BITS,
) -> list[int]:
    """As `ramp_sizes`, in Alice's order; `widest` tells how wide a batch may be by how many
    images are left when she comes to it."""
    sizes: list[int] = []
    stack = float(SEED_BITS * seed_blocks)
    left = count
    while left:
        affordable = 0
        spare = stack - RESERVE_BITS
        while affordable < min(widest(left), left):
            wider = affordable + 1
            if need * wider + spread * wider**0.5 > spare:
                break
            affordable = wider
        if not affordable:
            raise CoderError("the stack's seed is too short for one image")
        sizes.append(affordable)
        left -= affordable
        stack += gain * affordable
    return sizes


def iid_sizes(
    count: int,
    need: float,
    gain: float,
    seed_blocks: int,
    spread: float = LATENT_SPREAD_BITS,
) -> tuple[int, ...]:
    """Batch sizes for `iid` and `set`, in decoding order."""
    return tuple(reversed(ramp_sizes(count, MAX_WIDTH, need, gain, seed_blocks, spread)))


def urn_sizes(count: int, need: float, gain: float, seed_blocks: int) -> tuple[int, ...]:
    """Batch sizes for `urn`, in decoding order: few at first, since the images of a batch do
    not see each other; from 32 images on, a batch adds at most half of those before it."""

    def widest(left: int) -> int:
        return min(MAX_WIDTH, max(MIN_URN_WIDTH, left // 3))

    return tuple(reversed(_affordable_sizes(count, widest, need, gain, seed_blocks)))


def tour_sizes(count: int, need: float, gain: float, seed_blocks: int) -> tuple[int, ...]:
    """Batch sizes for `tour`: the heads, then twice as many arms, then the ramp's end."""
    if not count:
        return ()
    heads = head_count(count)
    rest = ramp_sizes(count - heads, 2 * heads, need, gain, seed_blocks) if count > heads else []
    return (heads, *reversed(rest))
