"""What can be had of a damaged archive of any kind; of a mixed set, images of whole shards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from acncodec.arrange import sliced
from acncodec.codec.any_set import wanted_models
from acncodec.codec.read_mixed import (
    Progress,
    Run,
    assembled,
    find_model,
    pop_shards,
    prepared,
)
from acncodec.container import MixedHeader, unpack_side
from acncodec.container.damaged import Damaged, read_damaged
from acncodec.errors import CorruptionError, FormatError
from acncodec.images import DataSet, MixedData, SideArray
from acncodec.images.mixed_images import MixedImages
from acncodec.memory import memory_errors
from acncodec.models.frozen import FrozenModel
from acncodec.salvage import Loss, rows_outside, salvage_archive


def salvage_set(
    path: Path, models: Sequence[FrozenModel], run: Run, progress: Progress | None = None
) -> tuple[DataSet | MixedData, Loss]:
    """As `salvage_archive`; of a mixed set, images of whole shards, stored ones too.

    Raises `CorruptionError` where no image could be saved, else as that does.
    """
    damaged = read_damaged(path)
    header = damaged.archive.header
    if not isinstance(header, MixedHeader):
        model = find_model(models, wanted_models(header)[0])
        return salvage_archive(
            path, model, run.threads, run.batch, progress, run.device, run.allow_large
        )  # fmt: skip
    with memory_errors():
        found = prepared(header, damaged.archive.file_bytes, models, run)
        return _salvage_mixed(damaged, header, found, run, progress)


def _salvage_mixed(
    damaged: Damaged, header: MixedHeader, models: list[FrozenModel], run: Run,
    progress: Progress | None,
) -> tuple[DataSet | MixedData, Loss]:  # fmt: skip
    parts: list[MixedImages] = []
    ranges: list[tuple[int, int]] = []
    causes: list[str] = []
    start = 0
    for index, shard in enumerate(header.shards):
        try:
            parts += pop_shards(damaged.archive, header, models, [index], run, progress)
        except FormatError as error:
            causes.append(str(error))
            ranges.append((start, start + shard.count))
        start += shard.count
    saved = sum(map(len, parts))
    side, trouble = _side(damaged, header)
    if not saved:
        raise CorruptionError(f"nothing can be saved: {'; '.join(causes)}")
    # Splits are taken apart where all side arrays are there: their places say which is which.
    form = replace(header.spec.form, splits=None) if trouble else header.spec.form
    spec = replace(header.spec, position=min(header.spec.position, len(side)), form=form)
    rows = rows_outside(ranges, header.count)
    data = assembled(replace(header, spec=spec), parts, sliced(side, rows))
    causes += [trouble] if trouble else []
    return data, Loss(
        header.count, saved, tuple(ranges), bool(trouble), False, tuple(causes)
    )  # fmt: skip


def _side(damaged: Damaged, header: MixedHeader) -> tuple[tuple[SideArray, ...], str]:
    """The side arrays, if they are whole, and else what is wrong."""
    archive = damaged.archive
    if archive.side is None:
        return (), "the side data is damaged or missing" if damaged.side_lost else ""
    try:
        return unpack_side(archive.side, header.count), ""
    except FormatError as error:
        return (), str(error)
