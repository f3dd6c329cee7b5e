"""What compressing a set would cost, by whom and in how long, from some of its images in seconds.

Nothing is coded: images are priced as `compress` prices them before it chooses. Strategies that
live on neighbours find fewer of them among some images than among all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.drawn import IMAGES, Drawn, draw
from acncodec.analysis.likeness import Likeness, find_likeness
from acncodec.analysis.rivals import RivalCost, rival_costs
from acncodec.codec import CompressOptions, compress_seconds
from acncodec.codec.expected import coding_work, image_counts
from acncodec.errors import CoderError, DataError
from acncodec.images import DataSource
from acncodec.images.mixed_images import MixedImages
from acncodec.images.mixed_source import MixedSource
from acncodec.mixed.assign import assign
from acncodec.mixed.lots import distinct_images
from acncodec.mixed.prices import storage_bits, takes
from acncodec.mixed.push import STORED
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import is_slow
from acncodec.ordering.choose import strategies_for
from acncodec.ordering.plan import PlanOptions, Task
from acncodec.ordering.strategies import STRATEGIES
from acncodec.run.workers import Workers
from acncodec.shards.codec import encode, price
from acncodec.stack.orders import permutation_bits

HEADER_BYTES: Final = 120
"""What a file has beside images, about."""

FEW_STORED: Final = 0.05
"""Share of the images that are drawn: what storing takes follows from all of them together."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """A way of coding.

    Attributes:
        model: its name; None where `compress` is left to choose for each image.
        ordering: a strategy, or `auto`.
        order: `keep`, or `any` where the order is given up.
        images: of the set, how many it codes; those that a model does not take are others'.
        nbytes: for these, about.
        bits_per_dim: the same, a sample.
    """

    model: str | None
    ordering: str
    order: str
    images: int
    nbytes: int
    bits_per_dim: float


@dataclass(frozen=True)
class Estimate:
    """What compressing a set would cost.

    Attributes:
        images, raw_bytes: of the set, packed at its levels.
        drawn: images that were looked at.
        ways: ours, the cheapest first.
        rivals: other compressors' of all images, the cheapest first.
        likeness: how near neighbours are, or None where there are too few images.
        stored_share: of the images, how many would be stored, about.
        compress_seconds, decompress_seconds: about, by stated speeds.
        threads: with how many.
    """

    images: int
    raw_bytes: int
    drawn: int
    ways: tuple[Way, ...]
    rivals: tuple[RivalCost, ...]
    likeness: Likeness | None
    stored_share: float
    compress_seconds: float
    decompress_seconds: float
    threads: int

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        found = asdict(self)
        if self.likeness is not None:
            found["likeness"]["is_near"] = self.likeness.is_near
        return found


def estimate_set(
    data: DataSource | MixedSource,
    models: Sequence[FrozenModel],
    threads: int = 2,
    batch: int = 256,
) -> Estimate:
    """Estimate what `compress_set` would make of a set.

    models: those that may be taken. Raises `DataError` where there are no images, or they cannot
    be read.
    """
    if not data.count:
        raise DataError("there are no images")
    drawn = draw(data)
    with Workers(threads, batch) as workers:
        automatic, share = _automatic(drawn, models, workers)
        ways = [way for model in models for way in _ways(model, drawn, workers)]
    rivals = sorted(
        rival_costs(drawn), key=lambda cost: math.inf if cost.nbytes is None else cost.nbytes
    )
    options = CompressOptions(threads=threads)
    return Estimate(
        images=data.count, raw_bytes=data.raw_bytes, drawn=len(drawn.images),
        ways=tuple(sorted([*automatic, *ways], key=lambda way: (-way.images, way.nbytes))),
        rivals=tuple(rivals), likeness=find_likeness(data), stored_share=share,
        compress_seconds=compress_seconds(data, models, options),
        decompress_seconds=coding_work(image_counts(data), models, slow=False).seconds(threads),
        threads=threads,
    )  # fmt: skip


def modelled_bytes(
    data: DataSource | MixedSource, models: Sequence[FrozenModel], order: str, threads: int
) -> int | None:
    """About how many bytes the images take in the order `keep` or `any`, without models and what
    lies beside the images; None where more than `FEW_STORED` of them would be stored, of which some
    images tell little."""
    with Workers(threads, IMAGES) as workers:
        ways, stored = _automatic(draw(data), models, workers)
    if stored > FEW_STORED:
        return None
    return next(way.nbytes for way in ways if way.order == order)


def _automatic(
    drawn: Drawn, models: Sequence[FrozenModel], workers: Workers
) -> tuple[list[Way], float]:
    """What `compress` makes of all images by itself, the order kept and given up, each image priced
    for itself; and the share of them that it stores."""
    quick = np.array([_is_quick(shape, models) for shape in drawn.shapes])
    bits, stored = storage_bits(drawn.images), np.ones(len(quick), np.bool_)
    rows = np.flatnonzero(quick)
    refund = 0.0
    if len(rows) and models:
        found = assign(drawn.images[rows], models, workers, keep=True, slow=True)
        bits[rows] = found.bits
        stored[rows] = found.assignment.bins == STORED
        for number in set(found.assignment.bins.tolist()) - {STORED}:
            coded = float((found.assignment.bins == number).sum()) * drawn.each
            refund += permutation_bits(round(coded))
    total = float((drawn.weights * bits).sum())
    dims = _dims(drawn, np.arange(len(quick)))
    ways = [
        _way(None, "auto", order, drawn.count, total - given, dims)
        for order, given in (("keep", 0.0), ("any", refund))
    ]
    return ways, float(stored.mean())


def _is_quick(shape: tuple[int, int, int], models: Sequence[FrozenModel]) -> bool:
    """Whether no model takes too long for images of this shape."""
    return not any(model.accepts.channels == shape[0] and is_slow(model, shape) for model in models)


def _ways(model: FrozenModel, drawn: Drawn, workers: Workers) -> list[Way]:
    """What the images that a model takes cost by each of its strategies."""
    images = drawn.images
    taken = [
        takes(model, images.classes[number]) and not is_slow(model, shape)
        for number, shape in zip(images.members.tolist(), drawn.shapes, strict=True)
    ]
    rows = np.flatnonzero(taken)
    if not len(rows):
        return []
    count = round(len(rows) * drawn.each)
    own = images[rows]
    codes, bits = _priced(model, own, workers)
    total = float((drawn.weights[rows] * bits).sum())
    ways = []
    for name in strategies_for(model.latents.conditional, keep=False):
        latents = _latent_bits(model, own, codes, name, float(bits.mean()), count)
        if latents is not None:
            order = "any" if STRATEGIES[name].gives_up_order or name == "tour" else "keep"
            dims = _dims(drawn, rows)
            ways.append(_way(model.name, name, order, count, total + count * latents, dims))
    return ways


def _way(
    model: str | None, ordering: str, order: str, images: int, bits: float, dims: float
) -> Way:
    nbytes = math.ceil(max(bits, 0.0) / 8) + HEADER_BYTES
    return Way(model, ordering, order, images, nbytes, 8 * nbytes / dims)


def _dims(drawn: Drawn, rows: Ints) -> float:
    """How many samples of the set some drawn images stand for."""
    shapes = [drawn.shapes[row] for row in rows.tolist()]
    samples = sum(channels * height * width for channels, height, width in shapes)
    return drawn.each * float(samples)


def _priced(model: FrozenModel, images: MixedImages, workers: Workers) -> tuple[Ints, Floats]:
    """Codes of images, and what the pixels of each cost, bits (n,)."""
    codes = encode(model, images, workers, images.kind)
    z = model.latents.prices().sample(codes, seed=0)
    bits = np.zeros(len(images))
    for number, rows in images.rows.items():
        part = images[rows]
        bits[rows] = price(model, part.kind, images.blocks[number], z[rows], workers)
    return codes, bits


def _latent_bits(
    model: FrozenModel, images: MixedImages, codes: Ints, name: str, gain: float, count: int
) -> float | None:
    """What a latent costs by a strategy, bits an image, in a set of `count`; None where there is
    none such."""
    distinct = distinct_images(images)
    first = np.unique(distinct.inverse, return_index=True)[1]
    strategy, prices = STRATEGIES[name], model.latents.prices()
    if not strategy.takes(count) or (strategy.searches and len(first) < 2):
        return None
    options = PlanOptions(name, keep=False, solver="greedy")
    task = Task(prices, codes[first], math.floor(gain), options)
    try:
        bits, _ = strategy.propose(task, math.inf)
    except CoderError:  # images that cost too little to begin with
        return None
    if strategy.gives_up_order:  # what the order of all is worth, not that of some
        bits += task.permutation_bits
        return bits / len(first) - permutation_bits(count) / count
    return bits / len(first)
