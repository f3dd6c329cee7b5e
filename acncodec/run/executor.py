"""Work that is done shard by shard, wherever that is: what to do, and who has it done.

What is done and a job are values that can be sent. Neither holds a model, but its id: whoever does
the jobs has the models, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar, overload

from acncodec.run.progress import Progress
from acncodec.run.workers import Workers


class Job(Protocol):
    """What a job must be to be done elsewhere."""

    def sent(self, *, carrying: bool) -> Self:
        """As it is sent: what lies on the disk as the places where it does, or, `carrying`, read,
        for whoever cannot read it there. Raises `DataError` when it cannot be read here either."""
        ...


J = TypeVar("J", bound=Job)
J_contra = TypeVar("J_contra", contravariant=True)
M = TypeVar("M")
M_co = TypeVar("M_co", covariant=True)
M_contra = TypeVar("M_contra", contravariant=True)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ShardWork(Protocol[J_contra, M_contra, T_co]):
    """What is done with each shard. It holds all that its jobs have in common, as a value that can
    be pickled, and so can a job and what comes of it."""

    def __call__(
        self, job: J_contra, models: Mapping[bytes, M_contra], workers: Workers,
        progress: Progress, /,
    ) -> T_co:  # fmt: skip
        """Do one job. models: by their ids."""
        ...


class Executor(Protocol[M_co]):
    """Who has jobs done: in threads (`Lanes`), and wherever else."""

    @property
    def workers(self) -> Workers:
        """Those of the caller, for what is not done shard by shard."""
        ...

    def map(self, work: ShardWork[J, M_co, T], jobs: Sequence[J]) -> Iterator[T]:
        """What comes of each job, in their order; an error is raised when its job's turn comes.

        Jobs are asked for one after the other, each when it is begun.
        """
        ...


@dataclass(frozen=True, eq=False)
class Jobs(Sequence[T_co], Generic[T_co]):
    """So many jobs, each made, by its number, when it is asked for."""

    make: Callable[[int], T_co]
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> T_co: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T_co]: ...

    def __getitem__(self, index: int | slice) -> T_co | Sequence[T_co]:
        numbers = range(self.length)[index]
        return self.make(numbers) if isinstance(numbers, int) else [*map(self.make, numbers)]
