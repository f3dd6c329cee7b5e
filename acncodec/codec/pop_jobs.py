"""A shard that is read as a job: all of it, or some of its images; or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from acncodec.codec.written import ShardRows, WrittenShards
from acncodec.container import Archive, Section
from acncodec.errors import FormatError
from acncodec.models.frozen import FrozenModel
from acncodec.run.executor import Jobs
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers

Piece = tuple[int, slice | None]
"""A shard, and which of its images are wanted; None for all, and their digest checked."""


@dataclass(frozen=True, eq=False)
class PopJob:
    """A shard: those of its sections that are there, and which of its images are wanted; None for
    all, and their digest checked."""

    shard: int
    rows: slice | None
    sections: tuple[Section, ...]

    def sent(self, *, carrying: bool) -> Self:  # noqa: ARG002 its bytes are in it anyway
        """As it is."""
        return self


@dataclass(frozen=True, eq=False)
class PopShards:
    """Decodes shards. models: the ids of those that the header names; file_bytes: of the whole
    archive."""

    shards: WrittenShards
    models: Sequence[bytes]
    file_bytes: int

    def __call__(
        self, job: PopJob, models: Mapping[bytes, FrozenModel], workers: Workers,
        progress: Progress,
    ) -> ShardRows:  # fmt: skip
        """The images of one shard."""
        archive = Archive(self.shards.header, job.sections, self.file_bytes)
        index, named = job.shard, [models[one] for one in self.models]
        if job.rows is not None:
            return self.shards.pop_rows(archive, index, job.rows, named, workers, progress)
        images = self.shards.pop(archive, index, named, workers, progress)
        return ShardRows(images, self.shards.distinct(index))


@dataclass(frozen=True, eq=False)
class PopWhole:
    """As `PopShards`, but of a shard that is not whole it says what is wrong."""

    pop: PopShards

    def __call__(
        self, job: PopJob, models: Mapping[bytes, FrozenModel], workers: Workers,
        progress: Progress,
    ) -> ShardRows | FormatError:  # fmt: skip
        """The images of one shard, or the error."""
        try:
            return self.pop(job, models, workers, progress)
        except FormatError as error:
            return error


def pop_shards(
    shards: WrittenShards, archive: Archive, models: Sequence[FrozenModel]
) -> PopShards:  # fmt: skip
    """What is done with the shards of an archive, whose header names these models."""
    return PopShards(shards, [model.model_id for model in models], archive.file_bytes)


def pop_jobs(archive: Archive, pieces: Sequence[Piece]) -> Jobs[PopJob]:
    """Some shards of an archive."""

    def job(number: int) -> PopJob:
        index, rows = pieces[number]
        return PopJob(index, rows, archive.of_shard(index))

    return Jobs(job, len(pieces))
