"""What loops have in common: stretches, one after the other, and where in one a loop stands."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from acncodec.contracts.distribution import CoderState
from acncodec.contracts.pixel_loop import Rota, Stretch
from acncodec.errors import CoderError

COLUMN, CHANNEL, TURN = range(3)
"""Where a loop stands, int64 (3,): its next column; the channel that is popped next there, in
coding order, or -1 where the network has not given anything for the column yet; its next turn."""
WAITING, ENDED, UNPRICED = range(3)
"""How a compiled loop over a stretch comes back: its turn does not come; the stretch is at its end;
what the network gives is no distribution."""


class StretchLoop(ABC):
    """See `PixelLoop`."""

    def __init__(self) -> None:
        self._at = np.array([0, -1, -1], np.int64)
        self._stretch: Stretch | None = None

    @abstractmethod
    def _begin(self, stretch: Stretch) -> None:
        """Another stretch: make what all of its columns need."""

    @abstractmethod
    def _go_on(self, state: CoderState, rota: Rota, stretch: Stretch) -> int:
        """Go on in it; how that comes back."""

    def pop(self, state: CoderState, rota: Rota, stretch: Stretch) -> bool:
        """See `PixelLoop`."""
        if self._at[TURN] < 0:
            self._at[TURN] = rota.number
        if stretch is not self._stretch:
            self._stretch, self._at[COLUMN] = stretch, stretch.start
            self._begin(stretch)
        how = self._go_on(state, rota, stretch)
        if how == UNPRICED:
            raise CoderError("a logit is out of reach")
        return how == ENDED
