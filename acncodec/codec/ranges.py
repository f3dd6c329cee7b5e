"""Random access: some images of an archive, and no more decoded for them than must be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import sliced
from acncodec.codec.decompress import check_memory, decompress_archive, opened, side_alone
from acncodec.container import Header, read_header
from acncodec.errors import DataError
from acncodec.images import DataSet, SideArray
from acncodec.memory import memory_errors
from acncodec.models.frozen import FrozenModel
from acncodec.parallel import Lanes
from acncodec.run.workers import Workers
from acncodec.shard_pop import ShardRows, pop_rows

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class ShardPart:
    """How much of a shard was decoded: `decoded` of its `distinct` images.

    Its digest is over all of them: if some are missing, only the CRC-32 of its section was checked.
    """

    shard: int
    decoded: int
    distinct: int

    @property
    def is_verified(self) -> bool:
        """Whether its digest was compared."""
        return self.decoded == self.distinct


def decompress_range(
    path: Path,
    model: FrozenModel,
    start: int | None = None,
    stop: int | None = None,
    threads: int = 2,
    batch: int = 256,
    progress: Progress | None = None,
    device: str = "cpu",
    allow_large: bool = False,
) -> tuple[DataSet, tuple[ShardPart, ...]]:
    """The images start..stop of what `decompress_archive` gives, without the others: half-open,
    from 0 if `start` is None, to the end if `stop` is None.

    Aligned side arrays have the rows of these images; the others are whole. Only the shards that
    hold the images are read. In the order `keep`, a shard is decoded up to the last batch that
    they need: with a stored order (`tour`) that is about all of it for more than a few images. In
    the order `any` a whole shard is decoded, for the place of an image depends on all others; and
    labels that are coded given all images need all.

    Returns the data and, for each shard that was decoded, whether it was verified. Raises
    `DataError` when the range is not within the images, else as `decompress_archive` does.
    """
    with memory_errors():
        header = read_header(path).uniform
        first, last = within(start, stop, header.count)
        if header.labels:
            whole = decompress_archive(path, model, threads, batch, progress, device, allow_large)
            checks = [
                ShardPart(index, shard.distinct, shard.distinct)
                for index, shard in enumerate(header.shards)
            ]
            return _rows(header, whole.pixels[first:last], whole.side, first, last), tuple(checks)
        pieces = _pieces(header, first, last)
        wanted = [index for index, _ in pieces]
        with opened(path, model, threads, wanted, allow_large=allow_large) as archive:
            header = archive.uniform
            check_memory(header, sum(header.shards[index].count for index, _ in pieces))

            def pop(place: int, workers: Workers, tell: Progress) -> ShardRows:
                index, rows = pieces[place]
                return pop_rows(archive, index, rows, model, workers, tell)

            with Lanes(threads, batch, len(pieces), device) as lanes:
                parts = list(lanes.map(pop, progress or (lambda _stage, _share: None)))
            side = side_alone(archive)
    pixels = np.concatenate(
        [np.zeros((0, *header.shape), header.spec.index_dtype), *(p.pixels for p in parts)]
    )
    checks = [
        ShardPart(index, part.decoded, header.shards[index].distinct)
        for (index, _), part in zip(pieces, parts, strict=True)
    ]
    return _rows(header, pixels, side, first, last), tuple(checks)


def within(start: int | None, stop: int | None, count: int) -> tuple[int, int]:
    """A range of `count` images. Raises `DataError` where it is none."""
    first, last = 0 if start is None else start, count if stop is None else stop
    if not 0 <= first <= last <= count:
        raise DataError(f"the range {first}:{last} is not within the {count} images (0:{count})")
    return first, last


def _pieces(header: Header, first: int, last: int) -> list[tuple[int, slice]]:
    """The shards that hold the images first..last, and which of its images each of them gives."""
    pieces, at = [], 0
    for index, shard in enumerate(header.shards):
        rows = slice(max(first - at, 0), min(last - at, shard.count))
        if rows.start < rows.stop:
            pieces.append((index, rows))
        at += shard.count
    return pieces


def _rows(
    header: Header, pixels: NDArray[Any], side: Sequence[SideArray], first: int, last: int
) -> DataSet:
    """The data set of the images first..last, whose level indexes these are."""
    nbytes = header.spec.to_array(pixels).nbytes
    return DataSet(pixels, header.spec, sliced(side, np.arange(first, last)), nbytes)
