"""Any archive, of a set of one shape or of a mixed set: decoded, checked, or in part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from acncodec.codec.decompress import decompress_archive
from acncodec.codec.ranges import ShardPart, decompress_range, within
from acncodec.codec.read_mixed import (
    Progress,
    Run,
    find_model,
    read_mixed,
    read_mixed_range,
)
from acncodec.codec.stream import Contents, decompress_to_npz, verify_archive
from acncodec.container import AnyHeader, MixedHeader, ModelName, read_header
from acncodec.images import DataSet, MixedData, save_npz
from acncodec.memory import memory_errors
from acncodec.models.frozen import FrozenModel


def wanted_models(header: AnyHeader) -> tuple[ModelName, ...]:
    """The models that an archive needs; none where no image is modelled."""
    if isinstance(header, MixedHeader):
        return header.models
    return (ModelName(header.model_name, header.profile, header.model_id),)


def contents(data: DataSet | MixedData) -> Contents:
    """What a data set holds."""
    if isinstance(data, DataSet):
        return Contents(data.count, data.shape, len(data.side))
    shapes = {one.shape for one in data.images.classes}
    only = next(iter(shapes)) if len(shapes) == 1 else None
    return Contents(data.count, only, len(data.side), len(shapes))


def read_set(
    path: Path, models: Sequence[FrozenModel], run: Run, progress: Progress | None = None
) -> DataSet | MixedData:
    """All of the archive at `path`. models: those there are, of which it takes what it needs.

    Raises as `decompress_archive` does.
    """
    header = read_header(path).header
    if isinstance(header, MixedHeader):
        with memory_errors():
            return read_mixed(path, models, run, progress)
    model = find_model(models, wanted_models(header)[0])
    return decompress_archive(
        path, model, run.threads, run.batch, progress, run.device, run.allow_large
    )  # fmt: skip


def verify_set(
    path: Path, models: Sequence[FrozenModel], run: Run, progress: Progress | None = None
) -> Contents:
    """Decode the archive at `path` and check all digests; keep nothing. Raises as `read_set`."""
    header = read_header(path).header
    if isinstance(header, MixedHeader):
        return contents(read_set(path, models, run, progress))
    model = find_model(models, wanted_models(header)[0])
    return verify_archive(
        path, model, run.threads, run.batch, progress, run.device, run.allow_large
    )  # fmt: skip


def set_to_npz(
    path: Path, models: Sequence[FrozenModel], file: BinaryIO, run: Run,
    progress: Progress | None = None,
) -> Contents:  # fmt: skip
    """As `read_set`, but write the .npz to `file`; the caller throws it away if this raises."""
    header = read_header(path).header
    if isinstance(header, MixedHeader):
        data = read_set(path, models, run, progress)
        save_npz(file, data)
        return contents(data)
    model = find_model(models, wanted_models(header)[0])
    return decompress_to_npz(
        path, model, file, run.threads, run.batch, progress, run.device, run.allow_large
    )  # fmt: skip


def read_range(
    path: Path, models: Sequence[FrozenModel], start: int | None, stop: int | None, run: Run,
    progress: Progress | None = None,
) -> tuple[DataSet | MixedData, tuple[ShardPart, ...]]:  # fmt: skip
    """As `decompress_range`; of a mixed set, shards are decoded whole. Raises as that does."""
    header = read_header(path).header
    if isinstance(header, MixedHeader):
        first, last = within(start, stop, header.count)
        with memory_errors():
            data, indexes = read_mixed_range(path, models, first, last, run, progress)
        counts = {index: header.shards[index].distinct for index in indexes}
        return data, tuple(ShardPart(index, count, count) for index, count in counts.items())
    model = find_model(models, wanted_models(header)[0])
    return decompress_range(
        path, model, start, stop, run.threads, run.batch, progress, run.device, run.allow_large
    )  # fmt: skip
