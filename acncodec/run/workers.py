"""Threads that each work on their own part of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TypeVar

from threadpoolctl import threadpool_limits

from acncodec.run.devices import check_device, processors

S = TypeVar("S")
T = TypeVar("T")

SMALL = 16
"""Images below which a second thread costs more than it brings."""


def chunks(count: int, size: int) -> list[slice]:
    """Slices of at most `size` that cover range(count)."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


class Workers(AbstractContextManager["Workers"]):
    """Threads that each work on their own part of a batch; products inside use one each.

    threads, batch (most images in one part) and device (where the pixel decoder runs, `cpu` or
    `cuda`) decide the speed and never the bits. Another device has one thread.
    Raises `ExactnessError` if there is no such device.
    """

    def __init__(self, threads: int, batch: int, device: str = "cpu") -> None:
        check_device(device)
        self.device = device
        self.threads, self.batch = max(1, threads if device == "cpu" else 1), max(1, batch)
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None
        self._limit = threadpool_limits(1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._limit.restore_original_limits()

    def parts(self, count: int) -> list[slice]:
        """How to divide `count` images."""
        if self._pool is None or count < 2 * SMALL:
            return chunks(count, self.batch)
        return chunks(count, min(self.batch, -(-count // self.threads)))

    def teams(self, parts: int) -> list[range]:
        """Which of so many parts, that need one another, each thread has: no more threads than
        there are processors."""
        threads = min(self.threads, processors(), max(1, parts))
        return [range(first, parts, threads) for first in range(threads)]

    def map(self, work: Callable[[S], T], items: Iterable[S]) -> list[T]:
        """`work` on each item, in order."""
        listed = list(items)
        if self._pool is None or len(listed) < 2:
            return [work(item) for item in listed]
        return list(self._pool.map(work, listed))
