"""What can be had from a damaged archive: the images of whole shards, and whole side data.

Shards do not depend on one another, and each has a digest of its own; so has the side data.
Nothing is given whose digest does not match.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import sliced
from acncodec.codec import check_header, check_memory
from acncodec.container import Archive, Header, unpack_side
from acncodec.container.damaged import Damaged, read_damaged
from acncodec.demand import check_demand, demand_of
from acncodec.errors import CorruptionError, DataError, FormatError
from acncodec.images import DataSet, SideArray
from acncodec.labels import Context, decoded_context, unpack_arrays
from acncodec.memory import check_headroom, memory_errors
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.run.workers import Workers
from acncodec.shard_pop import pop_shard

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Loss:
    """What a damaged archive did not give back.

    Attributes:
        images: how many the archive held, by its header.
        saved: how many of them are whole.
        missing: the others, as ranges [first, last + 1) of places in the output's order.
        side_lost: whether the arrays beside the images are lost, which and how many is not known.
        labels_lost: whether, of these arrays, those that were coded given the images are lost.
        causes: for each missing part what is wrong with it.
    """

    images: int
    saved: int
    missing: tuple[tuple[int, int], ...]
    side_lost: bool
    labels_lost: bool
    causes: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether everything came back."""
        return not self.causes

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return asdict(self)


def salvage_archive(
    path: Path, model: FrozenModel, threads: int = 2, batch: int = 256,
    progress: Progress | None = None, device: str = "cpu", allow_large: bool = False,
) -> tuple[DataSet, Loss]:  # fmt: skip
    """Give back what is whole of the .acn archive at `path`, and say what is not.

    Aligned side arrays have the rows of the images that were saved. Raises `FormatError` when
    the header is damaged, `CorruptionError` when neither an image nor an array of the side data
    could be saved, `ModelError` when `model` is not the one named in the header, `TooLargeError` as
    `decompress_archive` does.
    """
    with memory_errors():
        damaged = read_damaged(path)
        archive, header = damaged.archive, damaged.archive.uniform
        check_header(header, model)
        check_demand(demand_of(header, archive.file_bytes, [model]), allow_large)
        check_memory(header, header.count)
        check_headroom(threads)
        check_products(model)
        with Workers(threads, batch, device) as workers:
            parts, ranges, causes = _shards(archive, model, workers, progress)
        pixels = np.concatenate([np.zeros((0, *header.shape), header.spec.index_dtype), *parts])
        rows = rows_outside(ranges, header.count)
        with Workers(threads, batch) as workers:
            context = (
                None if ranges else decoded_context(model, pixels, len(header.spec.values), workers)
            )
            side, *troubles = _side(damaged, context)
        whole = _assemble(header, pixels, sliced(side, rows), all_side=not any(troubles))
    causes += [trouble for trouble in troubles if trouble]
    side_lost, labels_lost = map(bool, troubles)
    loss = Loss(
        header.count, len(pixels), tuple(ranges), side_lost, labels_lost, tuple(causes)
    )  # fmt: skip
    if causes and not len(pixels) and all(entry.aligned for entry in side):
        raise CorruptionError(f"nothing can be saved: {'; '.join(causes)}")
    return whole, loss


def _shards(
    archive: Archive, model: FrozenModel, workers: Workers, progress: Progress | None
) -> tuple[list[NDArray[Any]], list[tuple[int, int]], list[str]]:
    """The images of whole shards, the places of the others' images, and what is wrong there."""
    shards = archive.uniform.shards
    parts, ranges, causes = [], [], []
    start = 0
    for index, shard in enumerate(shards):
        if progress is not None:
            progress("decoding", index / len(shards))
        try:
            if not archive.has_stack(index):
                raise CorruptionError(f"shard {index}: its stack is damaged or missing")
            parts.append(pop_shard(archive, index, model, workers, lambda *_: None))
        except FormatError as error:
            causes.append(str(error))
            if shard.count:
                ranges.append((start, start + shard.count))
        start += shard.count
    return parts, ranges, causes


def rows_outside(ranges: list[tuple[int, int]], count: int) -> NDArray[np.int64]:
    """The places of `count` images that are in none of `ranges`."""
    kept = np.ones(count, np.bool_)
    for start, stop in ranges:
        kept[start:stop] = False
    return np.flatnonzero(kept).astype(np.int64)


def _side(damaged: Damaged, context: Context | None) -> tuple[tuple[SideArray, ...], str, str]:
    """The side arrays that are whole, what is wrong with the side data, and what with the labels.

    context: of all images, given which labels were coded; None if some of them are lost.
    """
    archive, count = damaged.archive, damaged.archive.uniform.count
    rest: tuple[SideArray, ...] = ()
    side = "the side data is damaged or missing" if damaged.side_lost else ""
    try:
        rest = unpack_side(archive.side, count) if archive.side is not None else ()
    except FormatError as error:
        side = str(error)
    if not archive.uniform.labels:
        return rest, side, ""
    if context is None:
        return rest, side, "the labels are lost with the images given which they were coded"
    if archive.labels is None:
        return rest, side, "the labels are damaged or missing"
    if side:
        return rest, side, "the labels are lost with the arrays between which they stood"
    try:
        return unpack_arrays(archive, context), "", ""
    except FormatError as error:
        return rest, "", str(error)


def _assemble(
    header: Header, pixels: NDArray[Any], side: tuple[SideArray, ...], all_side: bool
) -> DataSet:
    """Splits are taken apart where all side arrays are there: their places say which is which."""
    form = header.spec.form if all_side else replace(header.spec.form, splits=None)
    spec = replace(header.spec, position=min(header.spec.position, len(side)), form=form)
    try:
        return DataSet(pixels, spec, side, spec.to_array(pixels).nbytes)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error
