"""The codec of a shard's distinct images: schedule, latent space and likelihood put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import Pixels, Tally
from acncodec.coding.classed import ClassedShared
from acncodec.coding.draws import Draws
from acncodec.coding.sequence import BatchCodecs, Sequence, Shared
from acncodec.coding.sets import SetOf
from acncodec.contracts.image_kind import ImageKind
from acncodec.contracts.latent_space import UrnRule
from acncodec.contracts.likelihood import ImageCodec
from acncodec.contracts.message import Message
from acncodec.errors import CoderError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import ClassCounts, Images, MixedImages
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import Schedule
from acncodec.ordering.strategies import Strategy
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Noted:
    """A codec of images that notes in a tally what each pushed image costs."""

    codec: ImageCodec[Any]
    tally: Tally

    def push(self, stack: Message, symbol: Any) -> None:
        """Push images."""
        self.tally.image_bits.append(self.codec.push_priced(stack, symbol))

    def pop(self, stack: Message) -> Any:
        """Pop images."""
        return self.codec.pop(stack)

    def bits(self, symbol: Any) -> float:
        """Information content of images, bits."""
        return self.codec.bits(symbol)


@dataclass(frozen=True)
class _OfClasses:
    """A codec of lists of images (C, H, W) as one of images of known classes."""

    classes: tuple[ImageClass, ...]
    members: Ints
    codec: ImageCodec[list[NDArray[Any]]]

    def push_priced(self, stack: Message, symbol: MixedImages) -> NDArray[np.float64]:
        """Push images, and say what each costs, bits (n,)."""
        return self.codec.push_priced(stack, symbol.listed())

    def push(self, stack: Message, symbol: MixedImages) -> None:
        """Push images."""
        self.codec.push(stack, symbol.listed())

    def pop(self, stack: Message) -> MixedImages:
        """Pop images."""
        return MixedImages.of_list(self.classes, self.members, self.codec.pop(stack))

    def bits(self, symbol: MixedImages) -> float:
        """Information content of images, bits."""
        return self.codec.bits(symbol.listed())

    def image_bits(self, symbol: MixedImages) -> NDArray[np.float64]:
        """Information content of each image, bits (n,)."""
        return self.codec.image_bits(symbol.listed())


def encode(model: FrozenModel, images: Pixels, workers: Workers, kind: Images) -> Ints:
    """Codes of images of one shape or of several, int64 (N, *shape of the latent space).

    kind: what they are, which classes say themselves.
    """
    if not isinstance(images, MixedImages):
        levels = kind.levels if isinstance(kind, ImageKind) else None
        return encode_images(model, images, workers, levels)
    codes = np.zeros((len(images), *model.latents.shape), np.int64)
    for number, rows in images.rows.items():
        levels = images.classes[number].levels
        codes[rows] = encode_images(model, images.blocks[number], workers, levels)
    return codes


def price(
    model: FrozenModel, kind: Images, images: Pixels, z: Ints, workers: Workers
) -> NDArray[np.float64]:  # fmt: skip
    """Information content of the pixels of each image given its latent z, int64 (n, D): bits (n,).

    kind: what the images are, which classes say themselves.
    """
    if isinstance(images, MixedImages):
        kinds = ClassCounts(images.classes, images.counts()).kinds(images.members)
        return model.likelihood.several(kinds, z, workers).image_bits(images.listed())
    if isinstance(kind, ClassCounts):
        raise CoderError("images of several classes do not say of which they are")
    return model.likelihood.of(kind).codec(z, workers).image_bits(images)


def _of_classes(
    model: FrozenModel, images: ClassCounts, members: Ints, z: Ints, workers: Workers
) -> _OfClasses:
    found = model.likelihood.several(images.kinds(members), z, workers)
    return _OfClasses(images.classes, members, found)


def _batches(model: FrozenModel, images: Images, workers: Workers, tally: Tally) -> BatchCodecs:
    space = model.latents

    def codes(pixels: Pixels) -> Ints:
        return encode(model, pixels, workers, images)

    encoded = None if space.certain else codes
    if isinstance(images, ImageKind):
        likelihood = model.likelihood.of(images)
        return Shared(
            likelihood=lambda z: _Noted(likelihood.codec(z, workers), tally),
            encode=encoded,
            posterior=space.posterior,
        )
    return ClassedShared(
        Draws(images.totals),
        likelihood=lambda members, z: _Noted(
            _of_classes(model, images, members, z, workers), tally
        ),
        encode=encoded,
        posterior=space.posterior,
    )


def shard_codec(
    strategy: Strategy, schedule: Schedule, rule: UrnRule | None, model: FrozenModel,
    images: Images, workers: Workers, progress: Callable[[int], None],
) -> Sequence:  # fmt: skip
    """How images of one size and number of levels, or of several classes, are pushed and popped by
    a strategy.

    rule: of an urn, else None; progress: told how many images more are done.
    """
    tally = Tally()
    shared = _batches(model, images, workers, tally)
    priors = strategy.priors(model.latents, schedule, rule)
    kind = SetOf if strategy.gives_up_order else Sequence
    return kind(schedule.sizes, shared, priors, progress, tally)
