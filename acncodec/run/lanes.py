"""Shards side by side: each in a lane of its own, results in order, a few in memory at once.

Shards do not need one another, so lanes use the cores better than threads within a shard do, for
they also order and entropy-code side by side. Neither changes a byte.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TypeVar

from acncodec.run.executor import J, ShardWork
from acncodec.run.settings import Progress, Run
from acncodec.run.workers import Workers

S = TypeVar("S")
T = TypeVar("T")


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


class Lanes(AbstractContextManager["Lanes"]):
    """An `Executor` of at most `shards` jobs, min(run.threads, shards) of them at once, which
    divides the threads.

    `workers` are those of the caller, with all threads.
    """

    def __init__(self, run: Run, shards: int) -> None:
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

    def map(self, work: ShardWork[J, T], jobs: Sequence[J]) -> Iterator[T]:
        """What comes of each job, in order.

        Beside the result at hand, at most as many as there are lanes are in the making. An error
        is raised when its shard's turn comes, so that it is the same for any number of threads.
        """
        reports = _Reports(self._run.progress, len(jobs))
        pool = self._pool
        if pool is None:
            for index, job in enumerate(jobs):
                yield work(job, self.workers, reports.of(index))
                reports.finish(index)
            return
        waiting: deque[Future[T]] = deque()
        for index, job in enumerate(jobs):
            ready = [waiting.popleft().result()] if len(waiting) == self._lanes else []
            waiting.append(pool.submit(self._do, work, job, index, reports))
            yield from ready
        while waiting:
            yield waiting.popleft().result()

    def _do(self, work: ShardWork[J, T], job: J, index: int, reports: _Reports) -> T:
        if self._stopped.is_set():
            raise _StoppedError
        with _LaneWorkers(self._threads, self._run, self._stopped) as workers:
            result = work(job, workers, reports.of(index))
        reports.finish(index)
        return result


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
