"""What an open archive gives as data sets: everything, a range of images, or one shard after the
other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from acncodec.codec.contents import Decoding, MixedDecoding, ShardPart
from acncodec.codec.decoder import Decoder, Popped
from acncodec.codec.mixed_shards import given_classes, mixed_of
from acncodec.codec.side import side_of
from acncodec.codec.written import Data, Part, pixels_of
from acncodec.container import MixedHeader
from acncodec.errors import DataError
from acncodec.images import SideArray
from acncodec.shards.arrange import sliced


def read_all(decoder: Decoder) -> Data:
    """Everything, in memory."""
    with decoder.whole(together=True) as popped:
        images = decoder.shards.joined(list(popped.parts))
        return _assembled(decoder, images, _side(decoder, popped, images))


def read_range(
    decoder: Decoder, start: int | None, stop: int | None
) -> tuple[Data, tuple[ShardPart, ...]]:
    """The images start..stop, half-open, and of each shard that was decoded how much of it: see
    `Reader.part`, which says what is read and raised."""
    shards, count = decoder.shards, decoder.header.count
    first, last = _within(start, stop, count)
    every = bool(decoder.header.labels)  # which are coded given all images
    pieces = decoder.pieces(*((0, count) if every else (first, last)))
    with decoder.some(pieces) as popped:
        found = list(popped.rows)
        images = shards.joined([part.images for part in found])
        side = sliced(_side(decoder, popped, images), np.arange(first, last))
        data = _assembled(decoder, images[first:last] if every else images, side)
    checks = [
        ShardPart(index, part.decoded, shards.distinct(index))
        for (index, _), part in zip(pieces, found, strict=True)
    ]
    return data, tuple(checks)


@contextmanager
def each_shard(decoder: Decoder) -> Iterator[Decoding | MixedDecoding | Data]:
    """All images, decoded shard by shard; a set with labels that are coded given all of them comes
    whole."""
    header = decoder.header
    if header.labels:
        yield read_all(decoder)
        return
    with decoder.whole(together=False) as popped:
        side = side_of(popped.archive)
        if isinstance(header, MixedHeader):
            images = (mixed_of(part).upright() for part in popped.parts)
            yield MixedDecoding(header, side, given_classes(header), images)
            return
        yield Decoding(header, side, (pixels_of(part) for part in popped.parts))


def _side(decoder: Decoder, popped: Popped, images: Part) -> tuple[SideArray, ...]:
    """The side arrays; `images` are all there are, where labels are coded given them."""
    if not decoder.header.labels:
        return side_of(popped.archive)
    context = decoder.shards.context(images, decoder.models, popped.lanes.workers)
    return side_of(popped.archive, context)


def _assembled(decoder: Decoder, images: Part, side: tuple[SideArray, ...]) -> Data:
    spec = decoder.header.spec
    return decoder.shards.assembled(images, side, spec.position, spec.form)


def _within(start: int | None, stop: int | None, count: int) -> tuple[int, int]:
    """A range of `count` images. Raises `DataError` where it is none."""
    first, last = 0 if start is None else start, count if stop is None else stop
    if not 0 <= first <= last <= count:
        raise DataError(f"the range {first}:{last} is not within the {count} images (0:{count})")
    return first, last
