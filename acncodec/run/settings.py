"""How work is done, none of which changes a bit: threads, batches, a device, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from acncodec.run.executor import Executor
from acncodec.run.progress import Progress, silent

Announce = Callable[[float], None]
"""Told how many seconds decoding will take, about, before it begins."""


def unannounced(_seconds: float) -> None:
    """Nobody waits."""
    return


class Begin(Protocol):
    """Begins an executor of at most so many jobs, which has these models, by their ids."""

    def __call__(
        self, run: Run, shards: int, models: Mapping[bytes, Any], /
    ) -> AbstractContextManager[Executor[Any]]:
        """It is at work within the context."""
        ...


@dataclass(frozen=True)
class Run:
    """How to work.

    threads: of all shards together; batch: images at once in a thread; device: where the pixel
    decoder runs, `cpu` or `cuda`; progress: told how far the work is; allow_large: whether an
    archive may ask for more than its bytes are worth (`acncodec.codec.demand`); announce: told how
    long it will take; begin: who has shards done, if not threads of this process.
    """

    threads: int = 2
    batch: int = 256
    device: str = "cpu"
    progress: Progress = silent
    allow_large: bool = False
    announce: Announce = unannounced
    begin: Begin | None = None


USUAL = Run()
"""What holds where nothing is said."""
