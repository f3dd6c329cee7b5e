"""A mixed set to an archive: several shapes, several models, stored images."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import sliced
from acncodec.codec.made import Made
from acncodec.codec.options import CompressOptions
from acncodec.codec.stats import CompressStats, mixed_shapes, mixed_stats
from acncodec.container import (
    MixedHeader,
    ModelName,
    Section,
    SectionType,
    pack_side,
    write_archive,
)
from acncodec.container.shard_header import MAX_SHARDS
from acncodec.demand import demand_of
from acncodec.errors import AcnError, DataError, ModelError, TooFewBitsError, TooLargeError
from acncodec.images import MixedData, raw_view
from acncodec.images.mixed_images import MixedImages
from acncodec.memory import check_headroom, memory_errors
from acncodec.mixed.assign import all_modelled, all_stored, assign
from acncodec.mixed.lots import Distinct, distinct_images
from acncodec.mixed.prices import storage_bits, takes
from acncodec.mixed.push import STORED, Assignment, CodedMixed, push_mixed
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.models.work import check_work
from acncodec.parallel import Lanes
from acncodec.run.settings import Progress, silent
from acncodec.run.workers import Workers
from acncodec.stack.coders import check_coder

Ints = NDArray[np.int64]

NEAR = 0.8
"""All images are stored for a try where the rest of an assignment is thought to cost more than
this share of that."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """An archive that was tried."""

    data: bytes
    stats: CompressStats


@dataclass(frozen=True, eq=False)
class _Shards:
    """The images of each shard, what differs among them, and which rows of the set they are."""

    images: list[MixedImages]
    distinct: list[Distinct]
    rows: list[Ints]


def compress_mixed(
    data: MixedData, models: Sequence[FrozenModel], options: CompressOptions,
    progress: Progress | None = None,
) -> Candidate:  # fmt: skip
    """The smallest archive of a mixed set that was found.

    models: those that may be taken. Images are stored as `options.stored` allows. Raises
    `ModelError` where an image may not be stored and no model takes it, `CoderError` if the images
    cannot be coded, `TooLargeError` if there is too little memory.
    """
    tell = progress or silent
    with memory_errors():
        check_headroom(options.threads)
        for model in models:
            check_products(model)
            for one in data.images.classes:
                if takes(model, one):
                    check_coder(options.coder, one.levels)
        shards = _cut(data, options)
        with Lanes(options.run(tell), len(shards.images)) as lanes:
            found: list[Candidate] = []
            causes: list[AcnError] = []
            for assigned in _assignments(shards, models, options, lanes):
                try:
                    found.append(_coded(data, shards, assigned, models, options, lanes))
                except (TooFewBitsError, TooLargeError) as error:
                    causes.append(error)
            if not found and options.stored == "never":
                raise causes[0]
            if not found:
                stored = [all_stored(shard.images) for shard in shards.distinct]
                found.append(_coded(data, shards, stored, models, options, lanes))
    return min(found, key=lambda candidate: len(candidate.data))


def code_assigned(
    data: MixedData, assign_shard: Callable[[Distinct], Assignment],
    models: Sequence[FrozenModel], options: CompressOptions,
) -> Candidate:  # fmt: skip
    """The archive of a mixed set of which it is known what becomes of each image.

    Raises as `compress_mixed` does.
    """
    shards = _cut(data, options)
    assigned = [assign_shard(shard) for shard in shards.distinct]
    with Lanes(options.run(), len(assigned)) as lanes:
        return _coded(data, shards, assigned, models, options, lanes)


def _cut(data: MixedData, options: CompressOptions) -> _Shards:
    """Cut a set into shards; in the order `any` it is sorted first, equal images by their rows."""
    rows = np.arange(data.count)
    if options.order != "keep":
        keys = data.images.keys()
        aligned = [raw_view(side.array) for side in data.side if side.aligned]
        ties = [b"".join(array[row].tobytes() for array in aligned) for row in range(data.count)]
        order = sorted(range(data.count), key=lambda row: (keys[row], ties[row]))
        rows = np.array(order, np.int64)
    size = options.shard_size or data.count
    if data.count > size * MAX_SHARDS:
        raise DataError(f"{data.count} images make more than {MAX_SHARDS} shards")
    parts = [rows[start : start + size] for start in range(0, data.count, size)]
    images = [data.images[part] for part in parts]
    return _Shards(images, [distinct_images(part) for part in images], parts)


def _assignments(
    shards: _Shards, models: Sequence[FrozenModel], options: CompressOptions, lanes: Lanes
) -> list[list[Assignment]]:  # fmt: skip
    """What may become of the images, an assignment for each shard; the likeliest first."""
    keep = options.order == "keep"
    if options.stored == "never":

        def whole(index: int, workers: Workers, _tell: Progress) -> Assignment:
            return all_modelled(shards.distinct[index].images, models, workers, slow=True)

        modelled = list(lanes.map(whole, range(len(shards.distinct))))
        if any((assigned.bins == STORED).any() for assigned in modelled):
            raise ModelError("no model takes some of the images, and none may be stored")
        return [modelled]

    def choose(index: int, workers: Workers, tell: Progress) -> tuple[Assignment, float, float]:
        tell("pricing", 0.0)
        images = shards.distinct[index].images
        priced = assign(images, models, workers, keep=keep, slow=options.allow_large)
        return priced.assignment, float(priced.bits.sum()), float(storage_bits(images).sum())

    chosen = list(lanes.map(choose, range(len(shards.distinct))))
    best = [assigned for assigned, _, _ in chosen]
    stored = [all_stored(shard.images) for shard in shards.distinct]
    if all((assigned.bins == STORED).all() for assigned in best):
        return [stored]
    near = sum(bits for _, bits, _ in chosen) > NEAR * sum(bits for _, _, bits in chosen)
    return [best, stored] if near else [best]


def _coded(
    data: MixedData, shards: _Shards, assigned: list[Assignment], models: Sequence[FrozenModel],
    options: CompressOptions, lanes: Lanes,
) -> Candidate:  # fmt: skip
    """The archive of one assignment."""
    pairs = list(zip(shards.distinct, assigned, strict=True))
    classes = tuple(sorted(set().union(*(one.classes(shard.images) for shard, one in pairs))))
    used = sorted({number for one in assigned for number in one.bins.tolist()} - {STORED})
    chosen = [models[number] for number in used]
    renumbered = np.full(len(models) + 1, STORED)
    renumbered[used] = np.arange(len(used))
    planning = options.planning

    def push(index: int, workers: Workers, tell: Progress) -> CodedMixed:
        shard, one = pairs[index]
        bins = replace(one, bins=renumbered[one.bins])
        return push_mixed(
            index, shard, bins, chosen, classes, workers, planning, options.coder, tell
        )

    coded = list(lanes.map(push, range(len(pairs))))
    header = MixedHeader(
        models=tuple(ModelName(one.name, one.profile, one.model_id) for one in chosen),
        coder=options.coder, order=options.order, spec=data.spec, classes=classes,
        shards=tuple(shard.header for shard in coded),
    )  # fmt: skip
    sections = [section for shard in coded for section in shard.sections]
    stacks = [stack for shard in coded for stack in shard.stacks]
    sections += [
        Section(SectionType.STACK, number, stack.payload) for number, stack in enumerate(stacks)
    ]
    side = data.side
    if options.order != "keep":
        order = [
            rows[np.argsort(shard.numbers, kind="stable")]
            for rows, shard in zip(shards.rows, coded, strict=True)
        ]
        side = sliced(side, np.concatenate(order))
    if side:
        sections.append(Section(SectionType.SIDE, 0, pack_side(side)))
    made = Made(header, sections, stacks)
    if not options.allow_large:
        nbytes = made.sizes.total
        check_work(demand_of(header, nbytes, chosen).work, nbytes)
    file = io.BytesIO()
    write_archive(file, header, sections)
    shapes = mixed_shapes(data.images[np.concatenate(shards.rows)], coded)
    stats = mixed_stats(data, shapes, options, made)
    return Candidate(file.getvalue(), stats)
