"""What can be had from a damaged archive: the images of whole shards, and whole side data.

Shards do not depend on one another, and each has digests of its own; so has the side data.
Nothing is given whose digest does not match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.pop_jobs import PopWhole, pop_jobs, pop_shards
from acncodec.codec.written import Data, Part, WrittenShards
from acncodec.container import MixedHeader, unpack_side
from acncodec.container.damaged import Damaged
from acncodec.errors import CorruptionError, FormatError
from acncodec.images import SideArray
from acncodec.models.frozen import FrozenModel
from acncodec.run.executor import Executor
from acncodec.shards.arrange import sliced
from acncodec.shards.labels import Context, unpack_arrays


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


def salvaged(
    damaged: Damaged,
    shards: WrittenShards,
    models: Sequence[FrozenModel],
    lanes: Executor[FrozenModel],
) -> tuple[Data, Loss]:
    """What is whole of an archive, and what is not.

    Aligned side arrays have the rows of the images that were saved. Raises `CorruptionError` when
    neither an image nor an array that follows none could be saved; of a mixed set, no image.
    """
    header = damaged.archive.header
    pop = PopWhole(pop_shards(shards, damaged.archive, models))
    jobs = pop_jobs(damaged.archive, [(index, None) for index in range(len(shards))])
    parts: list[Part] = []
    ranges: list[tuple[int, int]] = []
    causes: list[str] = []
    start = 0
    for index, found in enumerate(lanes.map(pop, jobs)):
        stop = start + shards.count(index)
        if not isinstance(found, FormatError):
            parts.append(found.images)
        else:
            causes.append(str(found))
            ranges += [(start, stop)] if stop > start else []
        start = stop
    images = shards.joined(parts)
    whole = header.labels and not ranges
    context = shards.context(images, models, lanes.workers) if whole else None
    side, *troubles = _side(damaged, context)
    causes += [trouble for trouble in troubles if trouble]
    nothing = isinstance(header, MixedHeader) or all(entry.aligned for entry in side)
    if causes and not len(images) and nothing:  # a list of no image has no shape
        raise CorruptionError(f"nothing can be saved: {'; '.join(causes)}")
    # Splits are taken apart where all side arrays are there: their places say which is which.
    form = replace(header.spec.form, splits=None) if any(troubles) else header.spec.form
    data = shards.assembled(
        images, sliced(side, _rows_outside(ranges, header.count)),
        min(header.spec.position, len(side)), form,
    )  # fmt: skip
    side_lost, labels_lost = map(bool, troubles)
    return data, Loss(
        header.count, len(images), tuple(ranges), side_lost, labels_lost, tuple(causes)
    )  # fmt: skip


def _rows_outside(ranges: list[tuple[int, int]], count: int) -> NDArray[np.int64]:
    """The places of `count` images that are in none of `ranges`."""
    kept = np.ones(count, np.bool_)
    for start, stop in ranges:
        kept[start:stop] = False
    return np.flatnonzero(kept).astype(np.int64)


def _side(damaged: Damaged, context: Context | None) -> tuple[tuple[SideArray, ...], str, str]:
    """The side arrays that are whole, what is wrong with the side data, and what with the labels.

    context: of all images, given which labels were coded; None if some of them are lost.
    """
    archive, count = damaged.archive, damaged.archive.header.count
    rest: tuple[SideArray, ...] = ()
    side = "the side data is damaged or missing" if damaged.side_lost else ""
    try:
        rest = unpack_side(archive.side, count) if archive.side is not None else ()
    except FormatError as error:
        side = str(error)
    if not archive.header.labels:
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
