"""Shards side by side: each in a lane of its own, results in order, a few in memory at once.

Shards do not need one another, so lanes use the cores better than threads within a shard do, for
they also order and entropy-code side by side. Neither changes a byte.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import MappingProxyType, TracebackType
from typing import Any, Final, Generic, TypeVar

from acncodec.run.executor import Executor, M, ShardWork
from acncodec.run.progress import Progress
from acncodec.run.settings import Run
from acncodec.run.workers import Workers

J = TypeVar("J")
S = TypeVar("S")
T = TypeVar("T")

NO_MODELS: Final[Mapping[bytes, Any]] = MappingProxyType({})


class _StoppedError(Exception):
    """Raised in a lane whose result nobody waits for any more."""


class _LaneWorkers(Workers):
    """Workers that look, before each piece of work, whether it is still wanted."""

    def __init__(self, threads: int, run: Run, stopped: threading.Event) -> None:
        super().__init__(threads, run.batch, run.device)
        self._stopped = stopped

    def map(self, work: Callable[[S], T], items: Iterable[S]) -> list[T]:
        if self._stopped.is_set():
            raise _StoppedError
        return super().map(work, items)


class Lanes(AbstractContextManager["Lanes[M]"], Generic[M]):
    """An `Executor` of at most `shards` jobs, min(run.threads, shards) of them at once, which
    divides the threads. models: by their ids, what jobs are done with.

    `workers` are those of the caller, with all threads.
    """

    def __init__(self, run: Run, shards: int, models: Mapping[bytes, M] = NO_MODELS) -> None:
        self._models = models
        self._run, self._lanes = run, max(1, min(run.threads, shards))
        self._threads = run.threads // self._lanes
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(self._lanes) if self._lanes > 1 else None
        # First in, last out: it is what limits the threads inside a product, for all lanes.
        self.workers = Workers(run.threads, run.batch, run.device)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self.workers.__exit__(kind, error, trace)

    def map(self, work: ShardWork[J, M, T], jobs: Sequence[J]) -> Iterator[T]:
        """What comes of each job, in order.

        Beside the result at hand, at most as many as there are lanes are in the making. An error
        is raised when its shard's turn comes, so that it is the same for any number of threads.
        """
        reports = _Reports(self._run.progress, len(jobs))
        pool = self._pool
        if pool is None:
            for index, job in enumerate(jobs):
                yield work(job, self._models, self.workers, reports.of(index))
                reports.finish(index)
            return
        waiting: deque[Future[T]] = deque()
        for index in range(len(jobs)):
            ready = [waiting.popleft().result()] if len(waiting) == self._lanes else []
            waiting.append(pool.submit(self._do, work, jobs[index], index, reports))
            yield from ready
        while waiting:
            yield waiting.popleft().result()

    def _do(self, work: ShardWork[J, M, T], job: J, index: int, reports: _Reports) -> T:
        if self._stopped.is_set():
            raise _StoppedError
        with _LaneWorkers(self._threads, self._run, self._stopped) as workers:
            result = work(job, self._models, workers, reports.of(index))
        reports.finish(index)
        return result


def executor(
    run: Run, shards: int, models: Mapping[bytes, M]
) -> AbstractContextManager[Executor[M]]:
    """That which `run` says, for at most so many jobs with these models; else lanes."""
    return Lanes(run, shards, models) if run.begin is None else run.begin(run, shards, models)


class _Reports:
    """Adds up how far all shards are; the stage told is that of the first unfinished one."""

    def __init__(self, progress: Progress, shards: int) -> None:
        self._progress, self._lock = progress, threading.Lock()
        self._share, self._finished = [0.0] * shards, [False] * shards
        self._first = 0

    def finish(self, index: int) -> None:
        """A shard is done."""
        with self._lock:
            self._share[index] = 1.0
            self._finished[index] = True
            while self._first < len(self._share) and self._finished[self._first]:
                self._first += 1

    def of(self, index: int) -> Progress:
        """The progress of one shard."""

        def tell(stage: str, share: float) -> None:
            with self._lock:
                self._share[index] = share
                if index == self._first:
                    self._progress(stage, sum(self._share) / len(self._share))

        return tell
