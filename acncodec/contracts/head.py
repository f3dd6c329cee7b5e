"""What a head is: the distribution of one channel of some pixels, from a network's outputs."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import Distribution

Ints = NDArray[np.int64]


class Head(Protocol):
    """Prices one *site*: a row, a column and a channel. The network runs once a pixel; the
    channels of a pixel follow each other in `channel_order`, and later ones see earlier ones."""

    @property
    def outputs(self) -> int:
        """Numbers that the network gives for a pixel."""
        ...

    @property
    def channel_order(self) -> tuple[int, ...]:
        """The channels in the order in which they are coded; 0 is the first one of the image."""
        ...

    def begin(self, outputs: Ints, around: Ints) -> SiteState:
        """Some pixels whose channels are all unknown.

        outputs: int64 (n, outputs); around: what is known near each pixel, int64 (n, A, C) values
        of A causal neighbours in an order that the head states, 0 outside of the image.
        """
        ...


class SiteState(Protocol):
    """Some pixels, of which the first few channels (in coding order) are known."""

    def distribution(self) -> Distribution:
        """That of the next channel, of all n pixels."""
        ...

    def known(self, values: Ints) -> None:
        """The next channel becomes known: values (n,)."""
        ...
