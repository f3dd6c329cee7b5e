"""Threads that take turns: what each does beside its turn runs while another has its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """`count` parts, each of which has a turn after the one before it, round and round."""

    def __init__(self, count: int) -> None:
        self._gates = [threading.Semaphore(0) for _ in range(count)]
        self._failure: BaseException | None = None
        if count:
            self._gates[0].release()

    @contextmanager
    def of(self, part: int) -> Iterator[None]:
        """Wait for the turn of `part`; the next part has its turn afterwards.

        Raises what another thread failed with, if one has: no turn will come.
        """
        self._gates[part].acquire()
        if self._failure is not None:
            raise self._failure
        yield
        self._gates[(part + 1) % len(self._gates)].release()

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Should what is within fail, end the others' waiting. The first failure is raised."""
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - it is raised again
            if self._failure is None:
                self._failure = error
            for gate in self._gates:
                gate.release()
            raise self._failure from None
