"""An executor on a Ray cluster: jobs as tasks, each on some machine, their results in order.

A task whose process or machine dies is begun anew by Ray, elsewhere if need be. Beside the result
at hand no more are begun than the cluster has places for, and as many again: they and their images
lie in Ray's object store, not in this process.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Protocol

from acncodec import __version__
from acncodec.cluster.ray_worker import Failed, Settings, do
from acncodec.errors import ClusterError, DataError, TooLargeError
from acncodec.models.frozen import FrozenModel
from acncodec.run.executor import J, ShardWork, T
from acncodec.run.settings import Run
from acncodec.run.workers import Workers

RETRIES: Final = 3
"""How often a job is begun anew whose process or machine dies."""
LOOK_SECONDS: Final = 1.0
"""How long a result is waited for until it is seen whether the cluster is there."""


class Cluster(Protocol):
    """What an executor asks of a cluster: `cluster.ray_cluster.RayCluster` says what each is."""

    ray: Any
    is_lost: bool

    def places(self, shards: int, *, gpus: bool = False) -> tuple[int, int]:
        """How many jobs at once, and threads for each."""
        ...

    def put_model(self, model: FrozenModel) -> Any:
        """The reference of a model."""
        ...

    def check(self) -> None:
        """Raise `ClusterError` where the cluster is lost."""
        ...


@dataclass(frozen=True, eq=False)
class _Begun:
    """A job that was begun: its number, what will come of it, and whether its images went along."""

    number: int
    reference: Any
    carrying: bool


class RayExecutor(AbstractContextManager["RayExecutor"]):
    """An `Executor` of at most `shards` jobs with these models, each put into the object store once
    for the cluster.

    A job has one processor, or where there are fewer jobs than processors its share of those of a
    machine. What lies on the disk here is read where the job is done; from the first job on that
    cannot do so, images go along.

    What is done raises `ClusterError` where the cluster is lost, or a job's process dies again and
    again, and else what the jobs raise.
    """

    def __init__(
        self, cluster: Cluster, run: Run, shards: int, models: Mapping[bytes, FrozenModel]
    ) -> None:
        self._cluster, self._run = cluster, run
        places, threads = cluster.places(shards, gpus=run.device != "cpu")
        self._room = 2 * places
        self._settings = Settings(__version__, threads, run.batch, run.device)
        self._models = {key: cluster.put_model(model) for key, model in models.items()}
        self._task = cluster.ray.remote(do).options(
            num_cpus=threads, num_gpus=0 if run.device == "cpu" else 1, max_retries=RETRIES,
            scheduling_strategy="SPREAD",
        )  # fmt: skip
        self._carrying = False
        self._waiting: deque[_Begun] = deque()
        self.workers = Workers(run.threads, run.batch, run.device)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cancel()
        self.workers.__exit__(kind, error, trace)

    def _cancel(self) -> None:
        """What was begun is not waited for any more."""
        if not self._cluster.is_lost:
            for begun in self._waiting:
                with suppress(Exception):
                    self._cluster.ray.cancel(begun.reference)
        self._waiting.clear()

    def map(self, work: ShardWork[J, FrozenModel, T], jobs: Sequence[J]) -> Iterator[T]:
        """What comes of each job, in order; an error is raised when its job's turn comes, and jobs
        that were begun beyond it are none of the next call's."""
        self._cancel()
        with _our_errors():
            common = self._cluster.ray.put(pickle.dumps(work, pickle.HIGHEST_PROTOCOL))
        try:
            for number in range(len(jobs)):
                if len(self._waiting) == self._room:
                    yield self._next(common, jobs)
                self._waiting.append(self._begin(common, jobs, number))
            while self._waiting:
                yield self._next(common, jobs)
        finally:
            self._cancel()

    def _begin(self, common: Any, jobs: Sequence[J], number: int) -> _Begun:
        job = jobs[number].sent(carrying=self._carrying)
        with _our_errors():
            sent = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
            reference = self._task.remote(self._settings, [common], self._models, sent)
        return _Begun(number, reference, self._carrying)

    def _next(self, common: Any, jobs: Sequence[J]) -> Any:
        """What comes of the job that was begun first."""
        begun = self._waiting[0]
        found = self._found(begun, len(jobs))
        if isinstance(found, Failed) and isinstance(found.error, DataError) and not begun.carrying:
            self._carrying = True
            self._waiting[0] = begun = self._begin(common, jobs, begun.number)
            found = self._found(begun, len(jobs))
        self._waiting.popleft()
        if isinstance(found, Failed):
            raise found.error
        return found

    def _found(self, begun: _Begun, count: int) -> Any:
        """What comes of a job, once it has."""
        ray = self._cluster.ray
        with _our_errors():
            while True:
                references = [one.reference for one in self._waiting]
                done, _ = ray.wait(
                    references, num_returns=len(references), timeout=0, fetch_local=False
                )
                self._run.progress("on the cluster", (begun.number + len(done)) / count)
                if begun.reference in done or ray.wait([begun.reference], timeout=LOOK_SECONDS)[0]:
                    return pickle.loads(ray.get(begun.reference))  # noqa: S301 what our `do` made
                self._cluster.check()


@contextmanager
def _our_errors() -> Iterator[None]:
    """Turn what Ray raises into errors of ours, and what a job raised of its own into that."""
    from ray import exceptions

    try:
        yield
    except exceptions.RayTaskError as error:
        cause = getattr(error, "cause", None)
        raise (cause if isinstance(cause, Exception) else error) from error
    except exceptions.OutOfMemoryError as error:
        raise TooLargeError(
            f"a machine of the cluster has too little memory: {_line(error)}"
        ) from error
    except exceptions.RayError as error:
        raise ClusterError(f"the cluster failed: {_line(error)}") from error


def _line(error: Exception) -> str:
    """The first line of what an error says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
