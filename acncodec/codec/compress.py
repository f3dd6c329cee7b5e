"""A data set to an archive, shard by shard."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from acncodec.codec.demand import demand_of
from acncodec.codec.made import Made
from acncodec.codec.options import CompressOptions
from acncodec.codec.push_jobs import PushShards, decide, push_jobs
from acncodec.codec.stats import CompressStats, compress_stats
from acncodec.container import Header, Section, SectionType, write_archive
from acncodec.container.header import labels_fit
from acncodec.container.shard_header import MAX_SHARDS
from acncodec.container.strict import check_label
from acncodec.errors import DataError, FormatError, ModelError
from acncodec.images import DataSource
from acncodec.models.coded import code_model
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.models.work import check_work
from acncodec.run.lanes import executor
from acncodec.run.memory import check_headroom, memory_errors
from acncodec.run.progress import Progress, silent
from acncodec.shards.arrange import Shards
from acncodec.shards.labels import known_context, pack_arrays, points_fit
from acncodec.shards.push import CodedShard
from acncodec.stack.coders import check_coder

Look = Callable[[CodedShard], None]


def check_fit(data: DataSource, model: FrozenModel) -> None:
    """Raise `ModelError` unless `model` codes images of this shape and number of levels."""
    if not model.accepts.takes(data.shape, data.levels):
        raise ModelError(
            f"model {model.name} codes {model.accepts.about}, "
            f"the data has {data.shape} images of {data.levels} levels"
        )
    try:
        check_label(model.name, "the model's name")
    except FormatError as error:  # the header would be refused, but only after all the work
        raise ModelError(str(error)) from error


def check_priced(data: DataSource, model: FrozenModel) -> None:
    """Raise `ModelError` unless the images are of the model's kind and have a price by it."""
    check_fit(data, model)
    model.check_likelihood()


def compress_dataset(
    data: DataSource,
    model: FrozenModel,
    options: CompressOptions,
    file: BinaryIO,
    progress: Progress | None = None,
    look: Look | None = None,
) -> CompressStats:
    """Write `data` to `file` as an .acn archive, every image coded by `model`.

    In shards, only those that are being coded are read, `options.threads` at once at the most,
    and what is kept of them is their coded form. (In the order `any` the whole set is sorted
    first, for which its images are held at a bit a binary pixel.) `look` is told of each shard
    when it is coded, and what its images would cost stored.

    Raises `ModelError` if the model does not fit the data or has no likelihood, `CoderError` if it
    cannot be coded, `TooLargeError` if there is too little memory, or decoding would take too long
    for so short a file, `DataError` if the images cannot be read, or are not what they were when
    `data` was opened.
    """
    check_priced(data, model)
    keep, tell = options.order == "keep", progress or silent
    if options.shard_size is not None and data.count > options.shard_size * MAX_SHARDS:
        raise DataError(f"{data.count} images make more than {MAX_SHARDS} shards")
    with memory_errors():
        check_coder(options.coder, data.levels)
        embedded = [code_model(model)] if options.embeds(model.model_id) else []
        check_headroom(options.threads)
        check_products(model)
        shards = Shards(data, keep, options.shard_size)
        models = {model.model_id: model}
        with executor(options.run(tell), len(shards), models) as lanes:
            first = decide(shards, model, options, lanes.workers, tell)
            work = PushShards(
                data.shape, data.levels, model.model_id, options.planning, options.coder,
                first.plan.strategy, look is not None,
            )  # fmt: skip
            coded = []
            for shard in lanes.map(work, push_jobs(shards, first)):
                coded.append(shard)
                if look is not None:
                    look(shard)
        header = Header(
            model_id=model.model_id, model_name=model.name, profile=model.profile,
            coder=options.coder, order=options.order, spec=data.spec, shape=data.shape,
            shards=tuple(shard.header for shard in coded),
            embedded=tuple(range(len(embedded))),
        )  # fmt: skip
        sections = [Section(SectionType.MODEL, *entry) for entry in enumerate(embedded)]
        for index, shard in enumerate(coded):
            sections.append(Section(SectionType.STACK, index, shard.payload))
            if shard.duplicates:
                sections.append(Section(SectionType.DUPLICATES, index, shard.duplicates))
        # Labels are coded given all images: several shards, which do not need one another, keep
        # them apart, and so do parts, which become shards.
        context = None
        if len(shards) == 1 and not options.part and labels_fit(first.arranged.kind):
            arranged = first.arranged
            points = model.latents.points(first.task.codes)
            if points_fit(points):
                context = known_context(points, arranged.pixels, arranged.rows, data.levels)
        header, side_sections = pack_arrays(shards.side, header, context)
        sections += side_sections
        made = Made(header, sections, coded)
        if not options.allow_large:
            # No reader would take what asks for too much: better to say so here.
            nbytes = made.sizes.total
            check_work(demand_of(header, nbytes, [model]).work, nbytes)
        write_archive(file, header, sections)
    return compress_stats(data, model, options, made)
