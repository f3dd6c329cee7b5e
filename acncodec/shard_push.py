"""Alice's side of one shard: distinct images onto a stack that is seeded with their digest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import Arrangement
from acncodec.coding.bitsback import Tally, encode_images, push_all
from acncodec.coding.pixels import PixelCodec
from acncodec.coding.sets import push_set
from acncodec.container import ShardHeader
from acncodec.contracts.message import Message
from acncodec.errors import CoderError
from acncodec.latents.urn import UrnRule
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.estimate import grid_samples, posterior_bits, unconditional_bits
from acncodec.ordering.layout import batch_sizes
from acncodec.ordering.plan import Plan, make_plan, resized
from acncodec.ordering.schedule import SETS
from acncodec.run.workers import Workers
from acncodec.shard_pop import check_plausible
from acncodec.stack.ans import StackExhaustedError
from acncodec.stack.coders import writer
from acncodec.stack.elementary import Permutation

Progress = Callable[[str, float], None]
Pixels = NDArray[np.uint8]
Ints = NDArray[np.int64]

GAIN_SAMPLE = 64
MAX_SEED_BLOCKS = 64


@dataclass(frozen=True, eq=False)
class CodedShard:
    """One shard on its stack; `estimates` are what each strategy was thought to cost beside the
    pixels, bits."""

    payload: bytes
    duplicates: bytes
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


@dataclass(frozen=True, eq=False)
class PlannedShard:
    """A shard before it is coded: `codes` int64 (U, D) of its distinct images, the bits by which
    one lengthens the stack, the plan for the boldest attempt, and what solves a tour anew."""

    arranged: Arrangement
    codes: Ints
    gain: float
    plan: Plan
    solver: str


def plan_shard(
    arranged: Arrangement,
    model: FrozenModel,
    workers: Workers,
    *,
    ordering: str,
    solver: str,
    keep: bool,
    progress: Progress,
    alpha: int | None = None,
    kernel: int | None = None,
) -> PlannedShard:
    """Encode the distinct images of a shard and lay out their order.

    ordering, alpha, kernel: see `make_plan`. Raises `CoderError` as that does.
    """
    progress("encoding", 0.0)
    codes = encode_images(model, arranged.pixels, workers)
    empty = not len(codes)
    gain = 0.0 if empty else _expected_gain(model, arranged.pixels, codes, workers)
    progress("ordering", 0.0)
    share, blocks = next(_attempts(gain))
    plan = make_plan(
        model, codes, ordering=ordering, solver=solver, keep=keep, gain=share, blocks=blocks,
        alpha=alpha, kernel=kernel,
    )  # fmt: skip
    return PlannedShard(arranged, codes, gain, plan, solver)


def push_shard(
    planned: PlannedShard, model: FrozenModel, workers: Workers, *, coder: str, progress: Progress
) -> CodedShard:
    """Alice: put the distinct images of a shard on a stack seeded with their digest.

    coder: see `coding.coders`. Should the stack run short, she starts again with smaller batches,
    then with more seed; the strategy stays, and a tour is improved for the other batches.
    Raises `CoderError` when the images cost too little to carry their latents even so.
    """
    arranged, codes, plan = planned.arranged, planned.codes, planned.plan
    distinct = len(arranged.pixels)
    for attempt, (share, blocks) in enumerate(_attempts(planned.gain)):
        try:
            if attempt:
                sizes = batch_sizes(model, plan.strategy, distinct, share, blocks)
                if (sizes, blocks) == (plan.schedule.sizes, 1):
                    continue  # as the last attempt, which failed
                plan = resized(plan, model, codes, planned.solver, sizes)
            stack = writer(coder, arranged.digest, blocks)
            tally = _push_planned(stack, plan, model, arranged.pixels, codes, workers, progress)
            payload = stack.payload()
        except StackExhaustedError:
            continue
        header = ShardHeader(
            arranged.count, distinct, plan.strategy, plan.permuted, plan.schedule.sizes, blocks,
            plan.rule.alpha if plan.rule else None, plan.rule.kernel if plan.rule else 0,
        )  # fmt: skip
        check_plausible(payload, distinct, CoderError("the images cost under a bit each"))
        return CodedShard(
            payload, arranged.duplicates, header, tally, stack.ideal_bits, plan.rule,
            plan.estimates,
        )  # fmt: skip
    raise CoderError("the images cost too few bits to carry their latents")


def _push_planned(
    stack: Message, plan: Plan, model: FrozenModel, pixels: Pixels, codes: Ints,
    workers: Workers, progress: Progress,
) -> Tally:  # fmt: skip
    done, order = 0, plan.order

    def count(images: int) -> None:
        nonlocal done
        done += images
        progress("coding", done / max(1, len(pixels)))

    count(0)
    parts = stack, model, plan.schedule, pixels[order], codes[order], workers, count
    tally = push_set(*parts, plan.rule) if plan.strategy in SETS else push_all(*parts)
    if plan.permuted:
        before = stack.ideal_bits
        Permutation(len(order)).push(stack, order)
        tally.order_bits += stack.ideal_bits - before
    return tally
