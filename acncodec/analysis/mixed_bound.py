"""The bound of a mixed set: what float models expect of the images that are modelled, and the bytes
of those that are stored, as they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acncodec.analysis.costs import FloatModel
from acncodec.codec import NATS
from acncodec.codec.compress_mixed import KeptMixed
from acncodec.container import Part, SectionType
from acncodec.errors import DataError
from acncodec.families.family import CODES
from acncodec.images.mixed_images import MixedImages
from acncodec.mixed.lots import reclassed
from acncodec.mixed.push import STORED, CodedMixed
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.strategies import STRATEGIES
from acncodec.stack.orders import arrangement_bits, permutation_bits


def mixed_bound_nats(kept: KeptMixed, samples: int, seed: int) -> float:
    """Nats an image of a mixed set as it was coded.

    An image that is modelled costs its pixels and, where there are latents, its KL by the
    unconditional prior, each the mean of some samples. Stored images cost the bytes of their
    section. A `set` gives its order back; a stored permutation is paid for, and so is what says
    which image is of which class and bin: those are exact. Repeats cost nothing here, nor does a
    model that the file carries.

    Raises `DataError` where one image's code prices another's latent, `ModelError` for a model
    without float weights.
    """
    nats = NATS * sum(_stored_bits(coded) + _bin_bits(coded, kept.keep) for coded in kept.coded)
    for images, model, part in _parts(kept):
        nats += _part_nats(images, model, part, samples, seed)
    return nats / sum(coded.header.count for coded in kept.coded)


def _parts(kept: KeptMixed) -> Iterator[tuple[MixedImages, FrozenModel, Part]]:
    """The images of each part as its model codes them."""
    for index, (coded, fate) in enumerate(zip(kept.coded, kept.fates.shards, strict=True)):
        assigned, images = fate.assignment, kept.shards.distinct(index).images
        used = sorted({*assigned.bins.tolist()} - {STORED})
        for number, part in zip(used, coded.header.parts, strict=True):
            rows = np.flatnonzero(assigned.bins == number)
            turned = reclassed(images[rows], assigned.inverted[rows], tuple(sorted(fate.classes)))
            yield turned, kept.fates.models[number], part


def _part_nats(
    images: MixedImages, model: FrozenModel, part: Part, samples: int, seed: int
) -> float:
    """What the images of a part are expected to cost."""
    strategy = STRATEGIES[part.coding.strategy]
    if model.can(CODES) and (strategy.searches or strategy.ruled):
        raise DataError(f"the ordering is {part.coding.strategy}, in which images price each other")
    rng = np.random.default_rng(seed)
    floats = {one.levels: FloatModel(model, levels=one.levels) for one in images.classes}
    nats = 0.0
    for number, count in images.counts():
        noise = rng.standard_normal((samples, count, *model.latents.shape))
        priced = floats[images.classes[number].levels].sample(images.blocks[number], noise)
        costs = priced.reconstruction_nats + priced.unconditional_kl_nats
        nats += float(costs.mean(0).sum())
    order = permutation_bits(part.distinct)
    bits = arrangement_bits([count for _, count in part.counts])
    bits += order * (part.coding.permuted - strategy.gives_up_order)
    return nats + NATS * bits


def _stored_bits(coded: CodedMixed) -> float:
    payloads = [one.payload for one in coded.sections if one.kind == SectionType.STORED]
    return 8.0 * sum(map(len, payloads))


def _bin_bits(coded: CodedMixed, keep: bool) -> float:
    """What says which image lies in which bin, where the order is kept."""
    return arrangement_bits(coded.header.bins) if keep and coded.header.is_arranged else 0.0
