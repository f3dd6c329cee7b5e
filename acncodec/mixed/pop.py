"""Bob's side of a shard of a mixed set: images off the stacks of its parts and out of the stored
ones, put in order, checked by their digests."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import Pixels
from acncodec.container import Archive, MixedHeader, MixedShard, Part, unpack_counts
from acncodec.container.stored import in_free_order, unpack_stored
from acncodec.errors import CorruptionError, FormatError
from acncodec.images.mixed_images import ClassCounts, Images, MixedImages, joined
from acncodec.mixed.arrangement import unpack_arrangement
from acncodec.mixed.lots import keys_digest
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.shards.arrange import known_rows
from acncodec.shards.pop import duplicates_of
from acncodec.shards.stack import (
    OpenStack,
    Progress,
    StackSource,
    in_written_order,
    open_stack,
    pop_batches,
)

Ints = NDArray[np.int64]


def images_of(header: MixedHeader, part: Part) -> Images:
    """What the images of a part are."""
    counts = ClassCounts(header.classes, part.counts)
    return counts if len(part.counts) > 1 else counts.kinds(np.array([part.counts[0][0]]))[0]


def pop_mixed(
    archive: Archive, header: MixedHeader, index: int, models: Sequence[FrozenModel],
    workers: Workers, progress: Progress,
) -> MixedImages:  # fmt: skip
    """The images of shard `index` as they are written, of the header's classes.

    models: those that the header names. Raises `CorruptionError` when they are not the images that
    the digests were taken of.
    """
    shard, keep = header.shards[index], header.order == "keep"
    found = []
    # Everything that a header may ask for is looked at before anything is decoded.
    places = range(len(shard.parts))
    opened = [open_stack(_source(archive, header, index, place)) for place in places]
    stored = None
    if shard.stored:
        stored = _unpacked(archive.stored(index) or b"", header, shard, keep=keep)
    for part, stack in zip(shard.parts, opened, strict=True):
        found.append(_pop_part(header, part, stack, models[part.model], workers, progress))
    if stored is not None:
        found.append(stored)
        _check_stored(found, index, keep=keep)
    digest, numbered = _arranged(archive, header, index, found)
    keys = numbered.keys()
    duplicates = duplicates_of(archive, index)
    written = _written(duplicates, shard, keep=keep)
    whole = keys_digest(keys[number] for number in written.tolist())
    if digest is not None:
        seeds = [keys_digest(part.keys()) for part in found[: len(opened)]]
    else:
        seeds = [whole] * len(opened)  # of one part, or of none where there is no image
    if digest not in (None, whole) or not all(
        stack.has_seed(seed) for stack, seed in zip(opened, seeds, strict=True)
    ):
        raise CorruptionError(f"shard {index}: the decoded images do not match their digest")
    return numbered[written]


def _source(archive: Archive, header: MixedHeader, index: int, place: int) -> StackSource:
    part = header.shards[index].parts[place]
    name = f"shard {index}" + (f", part {place}" if len(header.shards[index].parts) > 1 else "")
    number = header.first_parts[index] + place
    if not archive.has_stack(number):
        raise CorruptionError(f"{name}: its stack is damaged or missing")
    payload = archive.stack(number)
    keep = header.order == "keep"
    return StackSource(payload, part.coding, header.coder, keep, images_of(header, part), name)


def _unpacked(
    payload: bytes, header: MixedHeader, shard: MixedShard, *, keep: bool
) -> MixedImages:  # fmt: skip
    """The stored images by their numbers."""
    stored = unpack_stored(payload, header.classes, shard.stored, header.format_version)
    if not in_free_order(payload):
        return stored
    if keep:
        raise FormatError("stored images without an order, where it is kept")
    return stored[canonical(stored)]


def _pop_part(
    header: MixedHeader, part: Part, opened: OpenStack, model: FrozenModel, workers: Workers,
    progress: Progress,
) -> MixedImages:  # fmt: skip
    """The images of a part by their numbers."""
    batches = pop_batches(opened, opened.schedule, model, workers, progress)
    number = part.counts[0][0]
    one = header.classes[number]
    none: Pixels = np.zeros((0, *one.shape), one.index_dtype)
    if len(part.counts) > 1:
        none = MixedImages(header.classes, {}, np.zeros(0, np.int64))
    decoded = in_written_order(opened, batches, none)
    if not isinstance(decoded, MixedImages):
        members = np.full(len(decoded), number, np.int64)
        decoded = MixedImages(header.classes, {number: decoded}, members)
    return decoded if header.order == "keep" else decoded[canonical(decoded)]


def canonical(images: MixedImages) -> Ints:
    """The order of images by their bytes."""
    keys = images.keys()
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def _check_stored(found: list[MixedImages], index: int, *, keep: bool) -> None:
    """Raise `CorruptionError` where an image is there twice, or stored ones are not in order."""
    stored = found[-1].keys()
    if not keep and any(after <= before for before, after in pairwise(stored)):
        raise CorruptionError(f"shard {index}: the stored images are not in canonical order")
    known = set(stored)
    twice = len(known) < len(stored)
    if twice or any(key in known for part in found[:-1] for key in part.keys()):
        raise CorruptionError(f"shard {index}: a stored image is there twice")


def _arranged(
    archive: Archive, header: MixedHeader, index: int, found: list[MixedImages]
) -> tuple[bytes | None, MixedImages]:
    """The digest that the arrangement names, if there is one, and all distinct images by number."""
    shard = header.shards[index]
    images = joined(found, header.classes)
    digest, bins = None, None
    if shard.is_arranged:
        payload = archive.arrangement(index) or b""
        digest, bins = unpack_arrangement(
            payload, shard.bins, keep=header.order == "keep"
        )  # fmt: skip
    if header.order != "keep":
        return digest, images[canonical(images)] if len(found) > 1 else images
    # Images lie bin by bin, and in each by number: so a stable sort of bins says where each is.
    return digest, images if bins is None else images[_inverse(np.argsort(bins, kind="stable"))]


def _inverse(order: Ints) -> Ints:
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return places


def _written(duplicates: bytes, shard: MixedShard, *, keep: bool) -> Ints:
    """The number of each of the N images in output order."""
    if keep:
        return known_rows(duplicates, shard.count, shard.distinct)
    if not duplicates:
        return np.arange(shard.distinct)
    return np.repeat(
        np.arange(shard.distinct), unpack_counts(duplicates, shard.count, shard.distinct)
    )
