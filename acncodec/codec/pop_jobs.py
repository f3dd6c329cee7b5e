"""A shard that is read as a job: all of it, or some of its images; or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from acncodec.codec.written import ShardRows, WrittenShards
from acncodec.container import Archive
from acncodec.errors import FormatError
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Progress
from acncodec.run.workers import Workers

Piece = tuple[int, slice | None]
"""A shard, and which of its images are wanted; None for all, and their digest checked."""


@dataclass(frozen=True, eq=False)
class PopShards:
    """Decodes shards. archive: the sections of those that are wanted; models: those that the header
    names."""

    shards: WrittenShards
    archive: Archive
    models: Sequence[FrozenModel]

    def __call__(self, job: Piece, workers: Workers, progress: Progress) -> ShardRows:
        """The images of one shard."""
        index, rows = job
        if rows is not None:
            return self.shards.pop_rows(self.archive, index, rows, self.models, workers, progress)
        images = self.shards.pop(self.archive, index, self.models, workers, progress)
        return ShardRows(images, self.shards.distinct(index))


@dataclass(frozen=True, eq=False)
class PopWhole:
    """As `PopShards`, but of a shard that is not whole it says what is wrong."""

    pop: PopShards

    def __call__(self, job: Piece, workers: Workers, progress: Progress) -> ShardRows | FormatError:
        """The images of one shard, or the error."""
        try:
            return self.pop(job, workers, progress)
        except FormatError as error:
            return error
