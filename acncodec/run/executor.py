"""Work that is done shard by shard, wherever that is: what to do, and who has it done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from acncodec.run.settings import Progress
from acncodec.run.workers import Workers

J = TypeVar("J")
J_contra = TypeVar("J_contra", contravariant=True)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ShardWork(Protocol[J_contra, T_co]):
    """What is done with each shard. It holds all that its jobs have in common, as a value that can
    be pickled, and so can a job and what comes of it."""

    def __call__(self, job: J_contra, workers: Workers, progress: Progress, /) -> T_co:
        """Do one job."""
        ...


class Executor(Protocol):
    """Who has jobs done: in threads (`Lanes`), and wherever else."""

    @property
    def workers(self) -> Workers:
        """Those of the caller, for what is not done shard by shard."""
        ...

    def map(self, work: ShardWork[J, T], jobs: Sequence[J]) -> Iterator[T]:
        """What comes of each job, in their order; an error is raised when its job's turn comes."""
        ...
