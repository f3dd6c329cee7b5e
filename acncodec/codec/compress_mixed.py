"""A mixed set to an archive: several shapes, several models, stored images; shard by shard, of
which no more are in memory than are being coded."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from acncodec.codec.demand import demand_of
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
from acncodec.container.sections import FRAME_BYTES
from acncodec.container.stored import stored_since
from acncodec.errors import AcnError, TooFewBitsError, TooLargeError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_source import MixedSource
from acncodec.mixed.fates import Fate, Fates, cheapest_fates, modelled_fates, stored_fates
from acncodec.mixed.lots import Distinct
from acncodec.mixed.prices import takes
from acncodec.mixed.push import Assignment, CodedMixed, MixedJob, PushMixed
from acncodec.mixed.shards import CutSet
from acncodec.models.coded import code_model
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.models.work import check_work
from acncodec.run.executor import Executor, Jobs
from acncodec.run.lanes import executor
from acncodec.run.memory import check_headroom, memory_errors
from acncodec.run.progress import Progress, silent
from acncodec.shards.arrange import sliced
from acncodec.stack.coders import check_coder

Payloads = Mapping[bytes, bytes]
"""By the id of a model that the file is to carry, what that takes."""


@dataclass(frozen=True, eq=False)
class KeptMixed:
    """A mixed set as it was coded: its shards, what became of their images, and each shard coded;
    keep: whether their order is kept."""

    shards: CutSet
    fates: Fates
    coded: tuple[CodedMixed, ...]
    keep: bool


@dataclass(frozen=True, eq=False)
class Candidate:
    """An archive that was tried; of a mixed set also how it was coded."""

    data: bytes
    stats: CompressStats
    mixed: KeptMixed | None = None


def compress_mixed(
    data: MixedSource, models: Sequence[FrozenModel], options: CompressOptions,
    progress: Progress | None = None,
) -> Candidate:  # fmt: skip
    """The smallest archive of a mixed set that was found.

    models: those that may be taken. Images are stored as `options.stored` allows, and so are those
    of a model that the file would carry and that does not save its own bytes. Images that are not
    in memory are read shard by shard, some times over.

    Raises `ModelError` where an image may not be stored and no model takes it, `CoderError` if the
    images cannot be coded, `TooLargeError` if there is too little memory, `DataError` if images
    cannot be read, or are not what they were when `data` was opened.
    """
    keep = options.order == "keep"
    with memory_errors():
        check_headroom(options.threads)
        for model in models:
            check_products(model)
            for one in data.classes:
                if takes(model, one):
                    check_coder(options.coder, one.levels)
        payloads = _payloads(models, options)
        shards = CutSet(data, keep, options.shard_size)
        run = options.run(progress or silent)
        with executor(run, len(shards), _by_id(models)) as lanes:
            if options.stored == "never":
                tried = [modelled_fates(shards, models, lanes)]
            else:
                carried = {key: len(one) + FRAME_BYTES for key, one in payloads.items()}
                slow = options.allow_large or options.embed
                tried = cheapest_fates(shards, models, carried, lanes, keep=keep, slow=slow)
            found: list[Candidate] = []
            causes: list[AcnError] = []
            for fates in tried:
                try:
                    found.append(_coded(data, shards, fates, payloads, options, lanes))
                except (TooFewBitsError, TooLargeError) as error:
                    causes.append(error)
            if not found and options.stored == "never":
                raise causes[0]
            if not found:
                found.append(_coded(data, shards, stored_fates(shards), payloads, options, lanes))
    return min(found, key=lambda candidate: len(candidate.data))


def code_assigned(
    data: MixedSource, assign_shard: Callable[[Distinct], Assignment],
    models: Sequence[FrozenModel], options: CompressOptions,
) -> Candidate:  # fmt: skip
    """The archive of a mixed set of which it is known what becomes of each image.

    Raises as `compress_mixed` does.
    """
    shards = CutSet(data, options.order == "keep", options.shard_size)
    distinct = map(shards.distinct, range(len(shards)))
    fates = Fates(tuple(models), tuple(Fate.of(one, assign_shard(one)) for one in distinct))
    payloads = _payloads(models, options)
    with executor(options.run(), len(shards), _by_id(models)) as lanes:
        return _coded(data, shards, fates, payloads, options, lanes)


def possible_classes(classes: Sequence[ImageClass]) -> set[ImageClass]:
    """The classes that images of some classes may be coded as, whatever becomes of them."""
    return {*classes, *(one.inverted for one in classes if one.levels == 2)}


def _by_id(models: Sequence[FrozenModel]) -> dict[bytes, FrozenModel]:
    return {model.model_id: model for model in models}


def _payloads(models: Sequence[FrozenModel], options: CompressOptions) -> Payloads:
    """The coded models that the file may have to carry."""
    return {model.model_id: code_model(model) for model in models if options.embeds(model.model_id)}


def _since(sections: Sequence[Section]) -> int:
    """The first format version that has what the sections of stored images use."""
    stored = (one.payload for one in sections if one.kind == SectionType.STORED)
    return max(map(stored_since, stored), default=0)


def _coded(
    data: MixedSource, shards: CutSet, fates: Fates, payloads: Payloads,
    options: CompressOptions, lanes: Executor[FrozenModel],
) -> Candidate:  # fmt: skip
    """The archive in which images become what their fates are."""
    fates = fates.pruned()
    chosen = fates.models
    found = set().union(*(fate.classes for fate in fates.shards))
    classes = tuple(sorted(found | possible_classes(data.classes) if options.part else found))
    ids = [model.model_id for model in chosen]
    push = PushMixed(ids, classes, options.planning, options.coder)

    def job(index: int) -> MixedJob:
        assigned = fates.shards[index].assignment
        return MixedJob(index, shards.excerpt(index), assigned, shards.rows(index))

    coded = list(lanes.map(push, Jobs(job, len(shards))))
    embedded = {at: payloads[m.model_id] for at, m in enumerate(chosen) if m.model_id in payloads}
    header = MixedHeader(
        models=tuple(ModelName(one.name, one.profile, one.model_id) for one in chosen),
        coder=options.coder, order=options.order, spec=data.spec, classes=classes,
        shards=tuple(shard.header for shard in coded), embedded=tuple(embedded),
    )  # fmt: skip
    sections = [Section(SectionType.MODEL, *entry) for entry in embedded.items()]
    sections += [section for shard in coded for section in shard.sections]
    header = replace(header, format_version=max(header.format_version, _since(sections)))
    stacks = [stack for shard in coded for stack in shard.stacks]
    sections += [
        Section(SectionType.STACK, number, stack.payload) for number, stack in enumerate(stacks)
    ]
    side = data.side
    if options.order != "keep":
        order = [
            shards.rows(index)[np.argsort(shard.numbers, kind="stable")]
            for index, shard in enumerate(coded)
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
    shapes = mixed_shapes(data.classes, shards.members, coded)
    stats = mixed_stats(data, shapes, options, made)
    kept = KeptMixed(shards, fates, tuple(coded), options.order == "keep")
    return Candidate(file.getvalue(), stats, kept)
