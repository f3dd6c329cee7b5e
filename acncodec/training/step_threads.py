"""By how many threads the steps of training go: of those that are allowed, as many as take least
time.

All threads of a step wait for the one that is held up, so that where the machine has other work
more of them can take longer than fewer. How many are best is found by trying, and by trying again,
since other work comes and goes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from statistics import fmean
from typing import Final

import torch

UNTRIED: Final = 1
"""Steps by a number of threads that do not count: what is kept for each number is made by them."""
TRIED: Final = 4
"""Steps after those, whose mean counts."""
GAIN: Final = 0.95
"""Of the time that fewer threads took, more must take less than this."""
REST: Final = 25.0
"""Times as long as it tried, it does not try again."""
LEAST_REST: Final = 60.0
"""Seconds that it does not try again, at least."""


@contextmanager
def torch_threads(number: int) -> Iterator[None]:
    """Let torch have so many threads, and afterwards as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class StepThreads:
    """How many threads steps are given, `most` of all; tell: told when that changes."""

    def __init__(
        self,
        most: int,
        tell: Callable[[str], None] = lambda _text: None,
        *,
        clock: Callable[[], float] = time.monotonic,
        give: Callable[[int], None] = torch.set_num_threads,
    ) -> None:
        self._most, self._tell, self._clock, self._give = most, tell, clock, give
        self._numbers = self._found()
        self._given = next(self._numbers)
        give(self._given)

    def took(self, seconds: float) -> None:
        """A step has taken so long; gives the next one its threads."""
        number = self._numbers.send(seconds)
        if number != self._given:
            self._given = number
            self._give(number)

    def end(self) -> None:
        """After the last step: what follows has all threads."""
        self._give(self._most)

    def _found(self) -> Generator[int, float, None]:
        """For each step its number of threads; is sent how long it took."""
        chosen = self._most
        while True:
            begun = self._clock()
            before, chosen = chosen, (yield from self._tried())
            if chosen != before:
                self._tell(
                    f"steps of training go by {chosen} of {self._most} threads: so they take "
                    "less time here"
                )
            rest = max(LEAST_REST, REST * (self._clock() - begun))
            again = self._clock() + rest if self._most > 1 else math.inf
            while self._clock() < again:
                yield chosen

    def _tried(self) -> Generator[int, float, int]:
        """Try more and more threads, as long as that is a gain, and give the number that is
        best."""
        best, least = 1, math.inf
        for number in numbers_of(self._most):
            spent: list[float] = []
            for step in range(UNTRIED + TRIED):
                seconds = yield number
                if step >= UNTRIED:
                    spent.append(seconds)
            if fmean(spent) >= GAIN * least:
                break
            best, least = number, fmean(spent)
        return best


def numbers_of(most: int) -> tuple[int, ...]:
    """What is tried: 1, 2, 4 and so on, and `most`."""
    powers = (1 << power for power in range(most.bit_length()))
    return (*(number for number in powers if number < most), most)
