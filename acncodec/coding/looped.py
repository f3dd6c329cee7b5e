"""Parts of a batch that take their pixels off one stack in compiled loops, turn by turn."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from acncodec.coding.turns import Turns
from acncodec.contracts.distribution import CoderState
from acncodec.contracts.pixel_loop import PixelLoop, Stretch

WAIT_SECONDS = 2e-5
"""Until a thread that has nothing else to do looks for its turn again."""


class LoopedPart(NamedTuple):
    """A part's loop, and its stretches: each is asked for when the one before it is at its end, and
    then what its row needs is there."""

    loop: PixelLoop
    stretches: Iterator[Stretch]


def pop_looped(parts: Mapping[int, LoopedPart], state: CoderState, turns: Turns) -> None:
    """Carry out the loops of one thread, by the numbers of their parts; other threads have those of
    the other parts. Raises what another thread failed with, if one has."""
    at = {number: next(part.stretches, None) for number, part in parts.items()}
    due, alone = {number: number for number in parts}, len(parts) == 1
    while at:
        for number, stretch in list(at.items()):
            loop, stretches = parts[number]
            if stretch is None:
                del at[number]
                continue
            while not (ended := loop.pop(state, turns.rota(number, alone), stretch)):
                if turns.was(due[number]) and not alone:
                    break  # its next turn comes after one of each other part of this thread
                time.sleep(WAIT_SECONDS)  # others may have no processor to go on with
            if ended:
                at[number] = next(stretches, None)
            if turns.was(due[number]):
                due[number] += len(turns)
