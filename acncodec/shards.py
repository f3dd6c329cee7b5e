"""One shard: distinct images onto a stack, and off it again, checked by its digest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import Arrangement, pixels_digest, restore
from acncodec.coding.bitsback import Tally, encode_images, pop_all, push_all
from acncodec.coding.codec import Permutation
from acncodec.coding.coders import reader, writer
from acncodec.coding.message import Message
from acncodec.coding.pixels import PixelCodec, Workers
from acncodec.coding.sets import pop_set, push_set
from acncodec.coding.stack import StackExhaustedError, seed_words
from acncodec.container import Archive, ShardHeader
from acncodec.errors import CoderError, CorruptionError
from acncodec.exact.model import FrozenModel
from acncodec.exact.urn import UrnRule
from acncodec.ordering.estimate import grid_samples, posterior_bits, unconditional_bits
from acncodec.ordering.plan import Plan, make_plan
from acncodec.ordering.schedule import SETS, build_schedule

Progress = Callable[[str, float], None]
Pixels = NDArray[np.uint8]
Ints = NDArray[np.int64]

GAIN_SAMPLE = 64
MAX_SEED_BLOCKS = 64
DIGEST_BYTES = 32


@dataclass(frozen=True, eq=False)
class CodedShard:
    """One shard on its stack; `codes` are those of its distinct images, int64 (U, D), and
    `estimates` what each strategy was thought to cost beside the pixels, bits."""

    payload: bytes
    codes: Ints
    header: ShardHeader
    tally: Tally
    ideal_bits: float
    rule: UrnRule | None
    estimates: dict[str, float]


def _expected_gain(model: FrozenModel, pixels: Pixels, codes: Ints, workers: Workers) -> float:
    """Whole bits by which an image lengthens the stack, from a few of them and one latent each.

    It only sets the batch sizes, which the file states, so that a float may stand here.
    """
    rows = np.unique(np.linspace(0, len(pixels) - 1, min(len(pixels), GAIN_SAMPLE)).astype(int))
    z = grid_samples(codes[rows], seed=0).clip(-model.mixture.reach, model.mixture.reach)
    bits = PixelCodec(model.decoder, z, workers).bits(pixels[rows])
    kl = unconditional_bits(model.mixture, z).mean() - posterior_bits(codes.shape[1])
    # A conditional prior costs less: count half of the latent's price.
    return float(math.floor(bits / len(rows) + max(0.0, kl) / 2))


def _attempts(gain: float) -> Iterator[tuple[float, int]]:
    """Ever more careful (gain, seed blocks); the first one nearly always does."""
    yield from ((gain * share, 1) for share in (0.8, 0.5, 0.2, 0.0))
    blocks = 2
    while blocks <= MAX_SEED_BLOCKS:
        yield 0.0, blocks
        blocks *= 2


def push_shard(
    arranged: Arrangement,
    model: FrozenModel,
    *,
    ordering: str,
    solver: str,
    keep: bool,
    coder: str,
    threads: int,
    batch: int,
    progress: Progress,
    device: str = "cpu",
    alpha: int | None = None,
    kernel: int | None = None,
) -> CodedShard:
    """Alice: put the distinct images of a shard on a stack seeded with their digest.

    ordering, alpha, kernel: see `make_plan`; coder: see `coding.coders`. Should the stack run
    short, she starts again with smaller batches, then with more seed.
    Raises `CoderError` when the images cost too little to carry their latents even so.
    """
    pixels, distinct = arranged.pixels, len(arranged.pixels)
    with Workers(threads, batch, device) as workers:
        progress("encoding", 0.0)
        codes = encode_images(model, pixels, workers)
        gain = _expected_gain(model, pixels, codes, workers) if distinct else 0.0
        for share, blocks in _attempts(gain):
            progress("ordering", 0.0)
            try:
                plan = make_plan(
                    model, codes, ordering=ordering, solver=solver, keep=keep,
                    gain=share, blocks=blocks, alpha=alpha, kernel=kernel,
                )  # fmt: skip
                stack = writer(coder, arranged.digest, blocks)
                tally = _push_planned(stack, plan, model, pixels, codes, workers, progress)
                payload = stack.payload()
            except StackExhaustedError:
                continue
            header = ShardHeader(
                arranged.count, distinct, plan.strategy, plan.permuted, plan.schedule.sizes, blocks,
                plan.rule.alpha if plan.rule else None, plan.rule.kernel if plan.rule else 0,
            )  # fmt: skip
            _check_plausible(payload, distinct, CoderError("the images cost under a bit each"))
            return CodedShard(
                payload, codes, header, tally, stack.ideal_bits, plan.rule, plan.estimates
            )
    raise CoderError("the images cost too few bits to carry their latents")


def _check_plausible(payload: bytes, distinct: int, error: Exception) -> None:
    """FORMAT.md, 11.6: a stack has a bit or more for each image, so a count cannot lie wildly."""
    if distinct > 8 * len(payload):
        raise error


def _push_planned(
    stack: Message, plan: Plan, model: FrozenModel, pixels: Pixels, codes: Ints,
    workers: Workers, progress: Progress,
) -> Tally:  # fmt: skip
    done, order = 0, plan.order

    def count(images: int) -> None:
        nonlocal done
        done += images
        progress("coding", done / max(1, len(pixels)))

    parts = stack, model, plan.schedule, pixels[order], codes[order], workers, count
    tally = push_set(*parts, plan.rule) if plan.strategy in SETS else push_all(*parts)
    if plan.permuted:
        before = stack.ideal_bits
        Permutation(len(order)).push(stack, order)
        tally.order_bits += stack.ideal_bits - before
    return tally


def pop_shard(
    archive: Archive, index: int, model: FrozenModel, workers: Workers, progress: Progress
) -> Pixels:
    """Bob: the images of shard `index` as they are written, uint8 (N, C, H, W).

    Raises `CorruptionError` when they are not the images that the digest was taken of.
    """
    header, shard = archive.header, archive.header.shards[index]
    payload = archive.stack(index)
    _check_plausible(payload, shard.distinct, CorruptionError(f"shard {index} is too short"))
    stack = reader(header.coder, payload)
    done = 0

    def count(images: int) -> None:
        nonlocal done
        done += images
        progress("decoding", done / max(1, shard.distinct))

    keep = header.order == "keep"
    schedule = build_schedule(shard.strategy, shard.sizes)
    if (shard.permuted and not keep) or (shard.strategy in SETS and keep):
        raise CorruptionError(f"shard {index}: its strategy and its order contradict each other")
    try:
        order = Permutation(shard.distinct).pop(stack) if shard.permuted else None
        parts = stack, model, schedule, workers, count
        rule = None if shard.alpha is None else UrnRule(shard.alpha, shard.kernel)
        decoded = pop_set(*parts, rule) if shard.strategy in SETS else pop_all(*parts)
    except CoderError as error:
        raise CorruptionError(f"shard {index}: what the stack holds makes no sense") from error
    if order is not None:
        pixels = np.empty_like(decoded)
        pixels[order] = decoded
    else:
        pixels = decoded
    duplicates = archive.duplicates(index) or b""
    if not duplicates and shard.count != shard.distinct:
        raise CorruptionError(f"shard {index} lacks its duplicates")
    written = restore(pixels, shard.count, duplicates, keep)
    left = stack.remainder()
    # The length first: a count of blocks that lies shall not cost the time of so long a chain.
    same = len(left) == DIGEST_BYTES * shard.seed_blocks and left == (
        seed_words(pixels_digest(written), shard.seed_blocks).astype("<u4").tobytes()
    )
    if not same:
        raise CorruptionError(f"shard {index}: the decoded images do not match their digest")
    return written
