"""How work is done, none of which changes a bit: threads, batches, a device, and who is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acncodec.run.executor import Begin

Progress = Callable[[str, float], None]
"""Told of the stage of the work, and of the share of it that is done."""


def silent(_stage: str, _share: float) -> None:
    """Nobody wants to know."""
    return


Announce = Callable[[float], None]
"""Told how many seconds decoding will take, about, before it begins."""


def unannounced(_seconds: float) -> None:
    """Nobody waits."""
    return


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


def processors() -> int:
    """The processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
