"""An archive of a mixed set back to its images: all of them, some, or what is whole of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from acncodec.arrange import sliced
from acncodec.container import (
    Archive,
    ArchiveInfo,
    MixedHeader,
    ModelName,
    read_archive,
    read_header,
    unpack_side,
)
from acncodec.container.stored import check_inflation
from acncodec.demand import check_demand, demand_of
from acncodec.errors import CorruptionError, DataError, FormatError, ModelError
from acncodec.images import DataSet, MixedData, SideArray
from acncodec.images.dataset import check_names
from acncodec.images.mixed import as_uniform
from acncodec.images.mixed_images import MixedImages, joined
from acncodec.memory import check_fits, check_headroom
from acncodec.mixed.pop import pop_mixed
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.ordering.choose import strategies_for
from acncodec.parallel import Lanes
from acncodec.run.workers import Workers
from acncodec.stack.coders import check_coder

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Run:
    """How to decode: none of it changes a bit. allow_large: whether an archive may ask for more
    than its bytes are worth (`acncodec.demand`)."""

    threads: int = 2
    batch: int = 256
    device: str = "cpu"
    allow_large: bool = False


def find_model(models: Sequence[FrozenModel], wanted: ModelName) -> FrozenModel:
    """The model that is wanted. Raises `ModelError` that names it and what was there instead."""
    for model in models:
        if model.model_id == wanted.model_id:
            return model
    found = ", ".join(f"{model.name} ({model.model_id.hex()})" for model in models) or "none"
    raise ModelError(
        f"the archive needs model {wanted.name} ({wanted.model_id.hex()}), there is {found}"
    )


def models_of(header: MixedHeader, models: Sequence[FrozenModel]) -> list[FrozenModel]:
    """The models that the header names, in its order.

    Raises `ModelError` where one is missing, `FormatError` where the header asks for what one has
    not.
    """
    found = [find_model(models, wanted) for wanted in header.models]
    for model, wanted in zip(found, header.models, strict=True):
        if model.profile != wanted.profile:
            raise FormatError(f"model {wanted.name} has another profile than the header says")
    for shard in header.shards:
        for part in shard.parts:
            model = found[part.model]
            if part.coding.strategy not in strategies_for(model.latents.conditional, keep=False):
                raise FormatError(
                    f"the strategy is {part.coding.strategy}, but the profile {model.profile} has "
                    "no prior network"
                )
            for number, _ in part.counts:
                one = header.classes[number]
                if not model.accepts.takes(one.shape, one.levels):
                    raise FormatError(f"model {model.name} takes no images of class {number}")
                check_coder(header.coder, one.levels)
    return found


@contextmanager
def opened(
    path: Path, models: Sequence[FrozenModel], run: Run, shards: Collection[int] | None = None
) -> Iterator[tuple[Archive, MixedHeader, list[FrozenModel]]]:
    """The archive at `path`, or some shards of it, ready to be decoded."""
    info = read_header(path)
    header = mixed_header(info)
    found = prepared(header, info.file_bytes, models, run, shards)
    yield read_archive(path, shards), header, found


def mixed_header(archive: Archive | ArchiveInfo) -> MixedHeader:
    """The header. Raises `FormatError` unless the set is mixed."""
    if not isinstance(archive.header, MixedHeader):
        raise FormatError("the archive is not one of a mixed set")
    return archive.header


def prepared(
    header: MixedHeader, file_bytes: int, models: Sequence[FrozenModel], run: Run,
    shards: Collection[int] | None = None,
) -> list[FrozenModel]:  # fmt: skip
    """The header's models, tested; and `shards`, by default all, ask for no more than may be and
    there is memory for."""
    found = models_of(header, models)
    demand = demand_of(header, file_bytes, found, shards)
    check_demand(demand, run.allow_large)
    check_fits(demand.nbytes, f"{header.count} images")
    check_headroom(run.threads)
    for model in found:
        check_products(model)
    return found


def pop_shards(
    archive: Archive, header: MixedHeader, models: Sequence[FrozenModel], indexes: Sequence[int],
    run: Run, progress: Progress | None,
) -> Iterator[MixedImages]:  # fmt: skip
    """The images of some shards, each checked by its digests."""

    def pop(place: int, workers: Workers, tell: Progress) -> MixedImages:
        index = indexes[place]
        if not run.allow_large:
            stored = header.shards[index].stored
            check_inflation(archive.stored(index), header.classes, stored)
        return pop_mixed(archive, header, index, models, workers, tell)

    with Lanes(run.threads, run.batch, len(indexes), run.device) as lanes:
        yield from lanes.map(pop, progress or (lambda _stage, _share: None))


def read_mixed(
    path: Path, models: Sequence[FrozenModel], run: Run, progress: Progress | None = None
) -> DataSet | MixedData:
    """All images of the archive at `path`; where they are of one class, as a set of one shape.

    Raises as `decompress_archive` does.
    """
    with opened(path, models, run) as (archive, header, found):
        shards = range(len(header.shards))
        images = list(pop_shards(archive, header, found, shards, run, progress))
        return assembled(header, images, side_of(archive, header))


def read_mixed_range(
    path: Path, models: Sequence[FrozenModel], first: int, last: int, run: Run,
    progress: Progress | None = None,
) -> tuple[DataSet | MixedData, list[int]]:  # fmt: skip
    """The images first..last of what `read_mixed` gives, by decoding whole the shards that hold
    them; these are listed.

    Raises `DataError` where there is no image in the range.
    """
    header = mixed_header(read_header(path))
    if first == last:
        raise DataError("no image is asked for, and a list of none has no shape")
    pieces, at = {}, 0
    for index, shard in enumerate(header.shards):
        rows = slice(max(first - at, 0), min(last - at, shard.count))
        if rows.start < rows.stop:
            pieces[index] = rows
        at += shard.count
    with opened(path, models, run, list(pieces)) as (archive, header, found):
        parts = pop_shards(archive, header, found, list(pieces), run, progress)
        images = [part[rows] for part, rows in zip(parts, pieces.values(), strict=True)]
        side = side_of(archive, header)
    rows_of_all = np.arange(first, last)
    return assembled(header, images, sliced(side, rows_of_all)), list(pieces)


def side_of(archive: Archive, header: MixedHeader) -> tuple[SideArray, ...]:
    """The side data. Raises `FormatError`, `CorruptionError` if it does not fit the images."""
    side = unpack_side(archive.side, header.count) if archive.side is not None else ()
    try:
        check_names(header.spec, side, header.count)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error
    return side


def assembled(
    header: MixedHeader, parts: Sequence[MixedImages], side: tuple[SideArray, ...]
) -> DataSet | MixedData:
    """The data set of all images, none of which is inverted any more."""
    images = joined(parts, header.classes).upright()
    try:
        data = MixedData(images, header.spec, side)
        nbytes = sum(
            np.dtype(header.spec.of(one).array_dtype).itemsize * one.samples * count
            for one, count in ((images.classes[number], n) for number, n in images.counts())
        )
        return as_uniform(MixedData(images, header.spec, side, nbytes, data.warnings))
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error
