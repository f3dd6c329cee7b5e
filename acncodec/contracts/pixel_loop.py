"""What takes the pixels of some images off a stack in compiled code, from site to site."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import CoderState

Ints = NDArray[np.int64]


class Rota(NamedTuple):
    """When one of several loops may pop: they take turns at each site, round and round.

    counter: int64 (1,), how many turns there were, of all loops; number: of this loop; loops: how
    many there are; tries: how often a loop looks whether its turn has come before it gives up;
    again: how often it looks for another one once it has had a turn, 1 where its thread has other
    loops to go on with.
    """

    counter: Ints
    number: int
    loops: int
    tries: int
    again: int


class Stretch(NamedTuple):
    """Columns start..stop-1 of a row, all of which the same images have.

    images: int64 (m,), which of those that the loop has, ascending; there may be none. computed:
    how many of the pass are, the first ones; places: int64 (m,), where in it these images are.
    """

    row: int
    start: int
    stop: int
    computed: int
    images: Ints
    places: Ints


class PixelLoop(Protocol):
    """A network's pass and a head, for images that go to pixels (n, C, H, W): what is otherwise
    done site by site, with no return to Python between the sites of a stretch."""

    def pop(self, state: CoderState, rota: Rota, stretch: Stretch, /) -> bool:
        """Pop the pixels of a stretch until the turn does not come, or all are there; whether they
        are. Then comes the next stretch; until then the same one.

        Raises `CoderError` where the network's outputs have no distribution.
        """
        ...
