"""Threads that take turns: what each does beside its turn runs while another has its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from acncodec.contracts.pixel_loop import Rota

PATIENCE = 1 << 16
"""How often a thread that has nothing else to do looks for its turn, before it lets others run: for
about a millisecond. A thread that lets others run misses many turns."""


class Turns:
    """`count` parts, each of which has a turn after the one before it, round and round."""

    def __init__(self, count: int) -> None:
        self._gates = [threading.Semaphore(0) for _ in range(count)]
        self._counter = np.zeros(1, np.int64)
        self._failure: BaseException | None = None
        if count:
            self._gates[0].release()

    def __len__(self) -> int:
        """How many parts there are."""
        return len(self._gates)

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

    def rota(self, part: int, alone: bool) -> Rota:
        """The turns of `part` for a compiled loop, where all parts have one; alone: whether its
        thread has no other part. Raises what another thread failed with, if one has."""
        if self._failure is not None:
            raise self._failure
        again = PATIENCE if alone else 1
        return Rota(self._counter, part, len(self._gates), PATIENCE, again)

    def was(self, turn: int) -> bool:
        """Whether a compiled loop has had this turn, the first of all being 0."""
        return int(self._counter[0]) > turn

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
