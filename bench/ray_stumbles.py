"""Work that stumbles once on the way, for `bench/ray_beside.py`; workers import this module."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WAIT_SECONDS = 600


def _first(folder: Path, name: str, content: str = "") -> bool:
    try:
        with (folder / name).open("x") as file:
            file.write(content)
    except FileExistsError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Killed:
    """Does what `work` does; the process of shard `shard` is killed when it was done once."""

    work: Any
    folder: Path
    shard: int

    def __call__(self, job: Any, models: Mapping[bytes, Any], workers: Any, progress: Any) -> Any:
        """Do one job."""
        found = self.work(job, models, workers, progress)
        if job.shard == self.shard and _first(self.folder, "killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        return found


@dataclass(frozen=True, eq=False)
class Stranded:
    """Does what `work` does; from shard `shard` on, the first one that is not on the machine `home`
    says on which it is, and waits for that to be taken away."""

    work: Any
    folder: Path
    shard: int
    home: str

    def __call__(self, job: Any, models: Mapping[bytes, Any], workers: Any, progress: Any) -> Any:
        """Do one job."""
        import ray

        here = ray.get_runtime_context().get_node_id()
        if job.shard >= self.shard and here != self.home and _first(self.folder, "stranded", here):
            time.sleep(WAIT_SECONDS)
        return self.work(job, models, workers, progress)
