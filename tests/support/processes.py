"""An executor whose jobs are done in a spawned process, to which nothing goes but bytes. (Such a
process can import this module, and not a test's.)"""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from acncodec.run.executor import J, ShardWork, T
from acncodec.run.progress import silent
from acncodec.run.settings import Run
from acncodec.run.workers import Workers


def elsewhere() -> ProcessPoolExecutor:
    """A process that shares nothing with this one."""
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


@lru_cache(maxsize=4)
def opened(models: bytes) -> Mapping[bytes, Any]:
    """Models, each unpickled once in a process."""
    return pickle.loads(models)  # noqa: S301


def done(sent: bytes, models: bytes, run: Run) -> tuple[int, bytes]:
    """Who did a job, and what came of it, pickled. sent: the pickle of what is done and the job."""
    work, job = pickle.loads(sent)  # noqa: S301
    with Workers(run.threads, run.batch, run.device) as workers:
        return os.getpid(), pickle.dumps(work(job, opened(models), workers, silent))


class Processes(AbstractContextManager["Processes"]):
    """An `Executor` that can stand for `Lanes`: each job is pickled, sent, and done elsewhere.

    pool: where; `jobs` counts them, `works` has what was done with them, by name, and `most` is the
    size of the largest, with what is done. carrying: whether images go with them in any case.
    """

    def __init__(self, pool: ProcessPoolExecutor, *, carrying: bool = False) -> None:
        self.jobs = self.most = 0
        self.works: set[str] = set()
        self._pool, self._carrying = pool, carrying

    def __call__(self, run: Run, _shards: int, models: Mapping[bytes, Any]) -> Processes:
        """As `Lanes` is begun."""
        self._run, self._models = Run(1, run.batch, run.device), pickle.dumps(models)
        self.workers = Workers(1, run.batch, run.device)
        return self

    def __exit__(self, *error: object) -> None:
        self.workers.__exit__(None, None, None)

    def map(self, work: ShardWork[J, Any, T], jobs: Sequence[J]) -> Iterator[T]:
        """What comes of each job, in order."""
        for job in jobs:
            self.jobs += 1
            self.works.add(type(work).__name__)
            sent = pickle.dumps((work, job.sent(carrying=self._carrying)))
            self.most = max(self.most, len(sent))
            who, found = self._pool.submit(done, sent, self._models, self._run).result()
            if who == os.getpid():
                raise RuntimeError("the job was done here")
            yield pickle.loads(found)  # noqa: S301
