"""Parts of a batch that take their pixels off one stack in turns: in compiled loops, or in walks
that come back at each site."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from numpy.typing import NDArray

from acncodec.coding.looped import LoopedPart, pop_looped
from acncodec.coding.turns import Turns
from acncodec.contracts.distribution import Distribution
from acncodec.contracts.message import Message
from acncodec.contracts.pixel_loop import PixelLoop, Stretch
from acncodec.run.workers import Workers

Walk = Iterator[tuple[Distribution | None, NDArray[Any]]]
"""Distributions, each with the place where its values (n,) are to be written before the next one is
asked for; without one, it is another part's turn, and nothing is written."""


class Part(NamedTuple):
    """A part that has begun: the loop that its network and head have together, if they have one,
    and its stretches; or else its walk."""

    loop: PixelLoop | None
    stretches: Iterator[Stretch]
    walk: Walk


def pop_parts(count: int, begin: Callable[[int], Part], stack: Message, workers: Workers) -> None:
    """Pop the pixels of `count` parts, each begun by its number.

    They are divided among the threads, and the stack goes from one part to the next at each site:
    while one is popped, the others compute.
    """
    turns = Turns(count)

    def decode(team: range) -> None:
        with turns.ending():
            parts = {number: begin(number) for number in team}
            loops = {
                number: LoopedPart(part.loop, part.stretches)
                for number, part in parts.items()
                if part.loop is not None
            }
            if stack.state is not None and len(loops) == len(parts):
                pop_looped(loops, stack.state, turns)
            else:
                _answer([(number, part.walk) for number, part in parts.items()], stack, turns)

    with turns.ending():  # also of an interruption, which the main thread alone has
        workers.map(decode, workers.teams(count))


def _answer(walks: list[tuple[int, Walk]], stack: Message, turns: Turns) -> None:
    """Pop what walks ask for, one after the other; what an answer leads to is computed at once,
    outside of the turn. walks: each with its part's number."""
    asked = deque((number, walk, next(walk, None)) for number, walk in walks)
    while asked:
        number, walk, question = asked.popleft()
        if question is not None:
            distribution, place = question
            with turns.of(number):
                if distribution is not None:
                    place[:] = stack.pop(distribution)
            asked.append((number, walk, next(walk, None)))
