"""Alice's side of one shard: distinct images onto a stack that is seeded with their digest."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import Coded, Pixels, Tally
from acncodec.container import ShardHeader
from acncodec.container.shard_header import check_plausible
from acncodec.contracts.latent_space import UrnRule
from acncodec.contracts.message import Message
from acncodec.errors import TooFewBitsError
from acncodec.images.mixed_images import ClassCounts, Images, MixedImages
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.batches import budgets
from acncodec.ordering.choose import make_plan
from acncodec.ordering.plan import CodingPlan, PlanOptions, Task
from acncodec.ordering.strategies import STRATEGIES, Iid
from acncodec.run.workers import Workers
from acncodec.shards.codec import encode, price, shard_codec
from acncodec.stack.ans import StackExhaustedError
from acncodec.stack.coders import writer
from acncodec.stack.elementary import Permutation

Progress = Callable[[str, float], None]
Ints = NDArray[np.int64]

GAIN_SAMPLE = 64
ORDER_HEADER_BYTES = 16
"""By how much the header may grow for a stored order."""


class Lot(Protocol):
    """What goes on one stack: see `acncodec.shards.arrange.Arrangement`."""

    @property
    def pixels(self) -> Pixels:
        """The distinct images, (U, C, H, W) or of several classes."""
        ...

    @property
    def kind(self) -> Images:
        """What they are."""
        ...

    @property
    def count(self) -> int:
        """N."""
        ...

    @property
    def duplicates(self) -> bytes:
        """The payload of duplicates, empty if there are none."""
        ...

    @property
    def digest(self) -> bytes:
        """32 bytes: the seed of the stack."""
        ...


@dataclass(frozen=True, eq=False)
class CodedShard:
    """One shard on its stack; `estimates` are what each strategy was thought to cost beside the
    pixels, bits; `image_bits` (U,), what the pixels of each distinct image cost, if known, and
    `stored_bits` (U,), what each would cost stored, if somebody asked."""

    payload: bytes
    duplicates: bytes
    header: ShardHeader
    tally: Tally
    ideal_bits: float
    rule: UrnRule | None
    estimates: dict[str, float]
    image_bits: NDArray[np.float64] | None = None
    stored_bits: NDArray[np.float64] | None = None


def _expected_gain(
    arranged: Lot, model: FrozenModel, codes: Ints, workers: Workers
) -> float:  # fmt: skip
    """Whole bits by which an image lengthens the stack, from a few of them and one latent each.

    It only sets the batch sizes, which the file states, so that a float may stand here.
    """
    pixels = arranged.pixels
    rows = np.unique(np.linspace(0, len(pixels) - 1, min(len(pixels), GAIN_SAMPLE)).astype(int))
    prices = model.latents.prices()
    z = prices.sample(codes[rows], seed=0)
    if isinstance(pixels, MixedImages) or isinstance(arranged.kind, ClassCounts):
        bits = float(price(model, arranged.kind, pixels[rows], z, workers).sum())
    else:
        bits = model.likelihood.of(arranged.kind).codec(z, workers).bits(pixels[rows])
    kl = prices.unconditional(z).mean() - prices.posterior_bits
    # A conditional prior costs less: count half of the latent's price.
    return float(math.floor(bits / len(rows) + max(0.0, kl) / 2))


L = TypeVar("L", bound=Lot)


@dataclass(frozen=True, eq=False)
class PlannedShard(Generic[L]):
    """A shard before it is coded: its images, what was planned for their codes, and the plan for
    the boldest attempt."""

    arranged: L
    task: Task
    plan: CodingPlan


def plan_shard(
    arranged: L, model: FrozenModel, workers: Workers, options: PlanOptions,
    progress: Progress,
) -> PlannedShard[L]:  # fmt: skip
    """Encode the distinct images of a shard and lay out their order.

    Raises `CoderError` as `make_plan` does.
    """
    progress("encoding", 0.0)
    codes = encode(model, arranged.pixels, workers, arranged.kind)
    empty = not len(codes)
    gain = 0.0 if empty else _expected_gain(arranged, model, codes, workers)
    progress("ordering", 0.0)
    task = Task(model.latents.prices(), codes, gain, options)
    return PlannedShard(arranged, task, make_plan(task))


def planned_otherwise(planned: PlannedShard[L], options: PlanOptions) -> PlannedShard[L]:
    """The same shard planned with other options. Raises `CoderError` as `make_plan` does."""
    task = replace(planned.task, options=options)
    return replace(planned, task=task, plan=make_plan(task))


def push_shard(
    planned: PlannedShard[L],
    model: FrozenModel,
    workers: Workers,
    *,
    coder: str,
    progress: Progress,
) -> CodedShard:
    """Alice: put the distinct images of a shard on a stack seeded with their digest.

    coder: see `stack.coders`. Should the stack run short, she starts again with smaller batches,
    then with more seed; the strategy stays, and a tour is improved for the other batches.
    Raises `CoderError` when the images cost too little to carry their latents even so.
    """
    arranged, task, plan = planned.arranged, planned.task, planned.plan
    strategy, distinct = STRATEGIES[plan.strategy], len(arranged.pixels)
    for attempt, budget in enumerate(budgets(task.gain, plan.budget.blocks)):
        try:
            if attempt:
                again = strategy.retried(plan, task, budget)
                if again is plan:
                    continue  # as the last attempt, which failed
                plan = again
            stack = writer(coder, arranged.digest, plan.budget.blocks)
            images = Coded(arranged.pixels, task.codes)
            tally = _push_planned(stack, plan, model, images, arranged.kind, workers, progress)
            payload = stack.payload()
        except StackExhaustedError:
            continue
        header = ShardHeader(
            arranged.count, distinct, plan.strategy, plan.permuted, plan.schedule.sizes,
            plan.budget.blocks, plan.rule.alpha if plan.rule else None,
            plan.rule.kernel if plan.rule else 0,
        )  # fmt: skip
        check_plausible(payload, distinct, TooFewBitsError("the images cost under a bit each"))
        return CodedShard(
            payload, arranged.duplicates, header, tally, stack.ideal_bits, plan.rule,
            plan.estimates, _image_bits(tally, plan.order),
        )  # fmt: skip
    raise TooFewBitsError("the images cost too few bits to carry their latents")


def push_cheapest(
    planned: PlannedShard[L], model: FrozenModel, workers: Workers, options: PlanOptions, *,
    coder: str, progress: Progress,
) -> CodedShard:  # fmt: skip
    """As `push_shard`, but where the strategy was free a stored order must prove its worth: an
    estimate is a draw of latents, and so is a file.

    options: those that were asked for, which need not be those of the plan.
    """
    coded = push_shard(planned, model, workers, coder=coder, progress=progress)
    if options.ordering != "auto" or not coded.header.permuted:
        return coded
    unordered = planned_otherwise(planned, replace(options, ordering=Iid.name))
    other = push_shard(unordered, model, workers, coder=coder, progress=progress)
    pays = len(coded.payload) + ORDER_HEADER_BYTES <= len(other.payload)
    return coded if pays else replace(other, estimates=coded.estimates)


def _image_bits(tally: Tally, order: Ints) -> NDArray[np.float64] | None:
    """What the pixels of each image cost, in the order of the images."""
    costs = tally.costs(len(order))
    if costs is None:
        return None
    placed = np.empty_like(costs)
    placed[order] = costs
    return placed


def _push_planned(
    stack: Message, plan: CodingPlan, model: FrozenModel, images: Coded, kind: Images,
    workers: Workers, progress: Progress,
) -> Tally:  # fmt: skip
    done, order = 0, plan.order

    def count(images: int) -> None:
        nonlocal done
        done += images
        progress("coding", done / max(1, len(order)))

    count(0)
    codec = shard_codec(
        STRATEGIES[plan.strategy], plan.schedule, plan.rule, model, kind, workers, count
    )
    codec.push(stack, Coded(images.pixels[order], images.codes[order]))
    tally = codec.tally
    if plan.permuted:
        before = stack.ideal_bits
        Permutation(len(order)).push(stack, order)
        tally.order_bits += stack.ideal_bits - before
    return tally
