"""Work that stumbles once on the way: its process is killed, or it waits until its machine is taken
away. (Workers of a cluster import this module, and not a test's.)"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from acncodec.errors import CoderError, DataError
from acncodec.images.excerpt import Held
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers


@dataclass(frozen=True)
class Numbered:
    """A job that is only a number."""

    number: int

    def sent(self, *, carrying: bool) -> Self:
        """As it is."""
        return self


def _first(folder: Path, name: str, content: str = "") -> bool:
    """Whether nobody was here before."""
    try:
        with (folder / name).open("x") as file:
            file.write(content)
    except FileExistsError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Killed:
    """Does what `work` does; the process of the second job of all is killed when it begins."""

    work: Any
    folder: Path

    def __call__(
        self, job: Any, models: Mapping[bytes, Any], workers: Workers, progress: Progress
    ) -> Any:
        if not _first(self.folder, "begun") and _first(self.folder, "killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        return self.work(job, models, workers, progress)


@dataclass(frozen=True, eq=False)
class Stranded:
    """Does what `work` does; the first job that is not on the machine `home` says on which it is,
    and waits for that to be taken away."""

    work: Any
    folder: Path
    home: str

    def __call__(
        self, job: Any, models: Mapping[bytes, Any], workers: Workers, progress: Progress
    ) -> Any:
        import ray

        here = ray.get_runtime_context().get_node_id()
        if here != self.home and _first(self.folder, "stranded", here):
            time.sleep(240)
        return self.work(job, models, workers, progress)


def told(
    job: Numbered, models: Mapping[bytes, Any], workers: Workers, progress: Progress
) -> tuple[int, int, int]:
    """The number of a job, threads, and who did it; number 3 fails, and 4 before it."""
    if job.number == 4:
        raise CoderError("job 4")
    if job.number == 3:
        raise CoderError("job 3")
    return job.number, workers.threads, os.getpid()


@dataclass(frozen=True, eq=False)
class Blind:
    """Does what `work` does, where there are no files: images must be in its jobs."""

    work: Any
    folder: Path

    def __call__(
        self, job: Any, models: Mapping[bytes, Any], workers: Workers, progress: Progress
    ) -> Any:
        if not isinstance(job.images.data, Held):
            _first(self.folder, "blind")
            raise DataError("cannot be read: No such file or directory")
        return self.work(job, models, workers, progress)
