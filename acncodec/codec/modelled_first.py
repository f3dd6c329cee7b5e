"""A mixed set whose images are all coded by models, without being priced before.

What an image costs is known once it is coded. Where a look at some images lets one expect that none
is better stored or inverted, all are coded at once, and the archive is kept if that was so: the
very one that pricing all images first leads to, which goes through the network twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.compress_mixed import Candidate, KeptMixed, compress_mixed
from acncodec.codec.options import CompressOptions
from acncodec.errors import TooFewBitsError, TooLargeError
from acncodec.images.mixed_source import MixedSource
from acncodec.images.spaced import spaced
from acncodec.mixed.assign import assign
from acncodec.mixed.lots import distinct_images
from acncodec.mixed.prices import order_bits, storage_bits, takes
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import is_slow
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers

Floats = NDArray[np.float64]

LOOKED_AT: Final = 16
"""Images that are priced before all are coded."""
CLEAR: Final = 0.7
"""All images must cost less than this share of what storing them is thought to."""


def modelled_first(
    data: MixedSource, models: Sequence[FrozenModel], options: CompressOptions,
    progress: Progress | None = None,
) -> Candidate | None:  # fmt: skip
    """The archive that `compress_mixed` makes, where it is clear that every image is modelled as it
    is; else None, and that is to be asked.

    Models with latents are not tried: what an image costs by them is a draw. Raises as
    `compress_mixed` does.
    """
    free = options.stored == "auto" and not any(options.embeds(one.model_id) for one in models)
    if not (free and data.count and all(_is_certain(model) for model in models)):
        return None
    slow = options.allow_large
    for one in data.classes:
        fitting = [model for model in models if takes(model, one)]
        if not fitting or (not slow and any(is_slow(model, one.shape) for model in fitting)):
            return None
    if not _some_are_modelled(data, models, options):
        return None
    try:
        found = compress_mixed(data, models, replace(options, stored="never"), progress)
    except (TooFewBitsError, TooLargeError):
        return None
    return found if found.mixed is not None and _is_clear(found.mixed) else None


def _is_certain(model: FrozenModel) -> bool:
    """Whether a model has no latents."""
    return math.prod(model.latents.shape) == 0


def _some_are_modelled(
    data: MixedSource, models: Sequence[FrozenModel], options: CompressOptions
) -> bool:
    """Whether some of the images would all be modelled, and none inverted."""
    rows = spaced(data.count, LOOKED_AT)
    images = distinct_images(data.take(rows)).images
    keep = options.order == "keep"
    with Workers(options.threads, options.batch, options.device) as workers:
        priced = assign(images, models, workers, keep=keep, slow=options.allow_large)
    return not priced.assignment.inverted.any() and _pays(priced.bits, storage_bits(images))


def _pays(bits: Floats, stored: Floats) -> bool:
    """Whether no image costs more than it is thought to cost stored, and all are far from that."""
    return bool((bits <= stored).all() and bits.sum() <= CLEAR * stored.sum())


def _is_clear(kept: KeptMixed) -> bool:
    """Whether it pays that every image was modelled."""
    bits, stored = [], []
    for index in range(len(kept.coded)):
        found = _image_bits(kept, index)
        if found is None:
            return False
        bits.append(found)
        stored.append(storage_bits(kept.shards.distinct(index).images))
    return _pays(np.concatenate(bits), np.concatenate(stored))


def _image_bits(kept: KeptMixed, index: int) -> Floats | None:
    """What each distinct image of a shard cost, its share of the order given back; None where the
    coder did not say. (U,)"""
    coded, distinct = kept.coded[index], kept.shards.distinct(index)
    bins = kept.fates.shards[index].assignment.bins
    numbers = np.empty(len(bins), np.int64)
    numbers[distinct.inverse] = coded.numbers
    order = np.argsort(numbers)  # which distinct image has each number
    bits = np.empty(len(bins))
    for stack, model in zip(coded.stacks, np.unique(bins).tolist(), strict=True):
        rows = order[bins[order] == model]
        if stack.image_bits is None:
            return None
        bits[rows] = stack.image_bits - order_bits(len(rows), keep=kept.keep)
    return bits
