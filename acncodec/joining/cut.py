"""A part of a set: consecutive images, as many in each part as in the first, the last one smaller;
and what says so."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.codec.options import CompressOptions
from acncodec.container.shard_header import MAX_SHARDS
from acncodec.errors import DataError
from acncodec.images import DataSource
from acncodec.images.mixed_source import MixedSource
from acncodec.images.window import fingerprint, window
from acncodec.joining.part import Options, Part


@dataclass(frozen=True)
class Share:
    """The `number`-th, from 1, of so many parts. Raises `DataError` where there is none such."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.of <= MAX_SHARDS:
            raise DataError(f"a set has 1 to {MAX_SHARDS:,} parts, not {self.of}")
        if not 1 <= self.number <= self.of:
            raise DataError(f"there is no part {self.number} of {self.of}; they count from 1")

    def rows(self, count: int, shard_size: int | None) -> range:
        """Which of `count` images are in it: whole shards of so many images, if there are several.

        Raises `DataError`, for each part alike, where a part would have no image.
        """
        unit = shard_size or 1
        shards = -(-count // unit)
        size = -(-shards // self.of) * unit
        start = (self.number - 1) * size
        if self.of > 1 and (self.of - 1) * size >= count:
            cut = f" in shards of {unit:,}" if shard_size else ""
            fitting = f"; {-(-count // size)} parts have {size:,} each" if count else ""
            raise DataError(
                f"{count:,} images{cut} cannot be cut into {self.of} parts alike{fitting}"
            )
        return range(start, min(start + size, count))


def cut(
    data: DataSource | MixedSource, share: Share, options: CompressOptions
) -> DataSource | MixedSource:
    """The part of a set, with an array that says which it is.

    Raises `DataError` where there is no such part, or an array of that name already.
    """
    rows = share.rows(data.count, options.shard_size)
    part = Part(
        share.number, share.of, rows.start, data.count, fingerprint(data).hex(), _asked(options)
    )
    return window(data, rows, [part.to_side()])


def _asked(options: CompressOptions) -> Options:
    """What all parts must be compressed with, as far as their headers do not say it; what was left
    to be chosen is not among it."""
    values: dict[str, str | int | None] = {
        "ordering": options.ordering, "solver": options.solver, "alpha": options.alpha,
        "kernel": options.kernel, "shard-size": options.shard_size, "stored": options.stored,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}
