"""What images would cost, modelled or stored, before anything is coded: bits of each image.

These are floats that choose what becomes of an image, and decide no bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import Pixels
from acncodec.container.stored import section_bytes
from acncodec.container.stored_costs import stored_costs
from acncodec.contracts.image_kind import ImageKind
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import Images, MixedImages
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.shards.codec import encode, price
from acncodec.stack.orders import permutation_bits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BLOCK_SAMPLES = 1 << 24
"""About so many samples of a class are priced at once."""
TOGETHER_SAMPLES = 1 << 20
"""About so many samples of several classes are."""
FEW = 16
"""Images of a class that are not priced by themselves: a pass through the network has its cost."""


def takes(model: FrozenModel, one: ImageClass) -> bool:
    """Whether a model takes the images of a class."""
    return model.accepts.takes(one.shape, one.levels)


def modelled_bits(model: FrozenModel, images: MixedImages, workers: Workers) -> Floats:
    """What each image costs by a model that takes all of them: its pixels, and its latent for
    itself. (n,)"""
    bits, few = np.zeros(len(images)), []
    for number, rows in images.rows.items():
        one, block = images.classes[number], images.blocks[number]
        if len(rows) < FEW and len(images.rows) > 1:
            few += rows.tolist()
            continue
        step = max(1, BLOCK_SAMPLES // one.samples)
        for start in range(0, len(rows), step):
            part = block[start : start + step]
            kind = ImageKind.of(one.shape, one.levels)
            bits[rows[start : start + step]] = _bits(model, kind, part, workers)
    for rows in _portions(images, few):
        some = images[rows]
        bits[rows] = _bits(model, some.kind, some.pixels, workers)
    return bits


def _portions(images: MixedImages, rows: Sequence[int]) -> Iterator[Ints]:
    """Some images in portions that are priced at once."""
    portion, left = [], TOGETHER_SAMPLES
    for row in rows:
        portion.append(row)
        left -= images.classes[images.members[row]].samples
        if left <= 0:
            yield np.array(portion, np.int64)
            portion, left = [], TOGETHER_SAMPLES
    if portion:
        yield np.array(portion, np.int64)


def _bits(model: FrozenModel, kind: Images, pixels: Pixels, workers: Workers) -> Floats:
    prices = model.latents.prices()
    z = prices.sample(encode(model, pixels, workers, kind), seed=0)
    bits = price(model, kind, pixels, z, workers)
    return bits + prices.unconditional(z) - prices.posterior_bits


def order_bits(count: int, *, keep: bool) -> float:
    """What the order of `count` images, which a set gives back, is worth for each of them."""
    return 0.0 if keep or count < 2 else permutation_bits(count) / count


def storage_bits(images: MixedImages, *, palettes: bool = False) -> Floats:
    """About what each image takes where all of these are stored; palettes: as in `stored_costs`.
    (n,)"""
    bits = np.zeros(len(images))
    for levels, numbers in _by_levels(images).items():
        rows = np.concatenate([images.rows[number] for number in numbers])
        listed = [image for number in numbers for image in images.blocks[number]]
        bits[rows] = stored_costs(listed, levels, palettes=palettes)
    return bits


def section_bits(images: MixedImages) -> float:
    """About what a stored section of all of these takes, packed once."""
    return 8.0 * section_bytes(images)


def _by_levels(images: MixedImages) -> dict[int, list[int]]:
    """Classes that have images by their number of levels, ascending."""
    found: dict[int, list[int]] = {}
    for number in sorted(images.rows):
        found.setdefault(images.classes[number].levels, []).append(number)
    return found


def cheapest_model(
    models: Sequence[FrozenModel], candidates: Sequence[int], images: MixedImages, workers: Workers
) -> int:
    """Which of several models that take all of these images codes them in the fewest bits."""
    if len(candidates) == 1:
        return candidates[0]
    totals = [modelled_bits(models[number], images, workers).sum() for number in candidates]
    return candidates[int(np.argmin(totals))]
