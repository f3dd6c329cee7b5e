"""Workers of whoever is at work: for what is begun now and goes on later, with others' threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TypeVar

from acncodec.errors import CoderError
from acncodec.run.workers import Workers

S = TypeVar("S")
T = TypeVar("T")


class LentWorkers(Workers):
    """Stand for the workers that are lent just now; there are none, and no threads, in between.

    Raises `CoderError` where work is asked for and none are lent.
    """

    def __init__(self) -> None:
        self._whose: Workers | None = None

    @contextmanager
    def lend(self, workers: Workers) -> Iterator[None]:
        """Work with these for a while."""
        before, self._whose = self._whose, workers
        self.device, self.threads, self.batch = workers.device, workers.threads, workers.batch
        try:
            yield
        finally:
            self._whose = before

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end: who lent them ends them."""

    def parts(self, count: int) -> list[slice]:
        """As theirs."""
        return self._lent().parts(count)

    def map(self, work: Callable[[S], T], items: Iterable[S]) -> list[T]:
        """As theirs."""
        return self._lent().map(work, items)

    def _lent(self) -> Workers:
        if self._whose is None:
            raise CoderError("no workers are lent")
        return self._whose
