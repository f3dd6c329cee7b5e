"""What a head is: the distribution of one channel of some pixels, from a network's outputs."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import Distribution

Ints = NDArray[np.int64]
Pixels = NDArray[Any]
Offset = tuple[int, int]


class Head(Protocol):
    """Prices one *site*: a row, a column and a channel. The network runs once a pixel; the
    channels of a pixel follow each other in `channel_order`, and later ones see earlier ones."""

    @property
    def outputs(self) -> int:
        """O, how many numbers the network gives for a pixel."""
        ...

    @property
    def levels(self) -> int:
        """Values that a channel may have: 0 to levels - 1, 2 to 2^16 of them."""
        ...

    @property
    def channel_order(self) -> tuple[int, ...]:
        """All C channels in the order in which they are coded; 0 is the first one of the image."""
        ...

    @property
    def neighbours(self) -> tuple[Offset, ...]:
        """Which A pixels are looked at beside the outputs: (rows down, columns right) of each.

        Those above, and those to the left in the same row: (0, -1) is W, (-1, 0) N, (-1, 1) NE.
        """
        ...

    def begin(self, outputs: Ints, around: Pixels, /) -> Site:
        """Some pixels whose channels are all unknown.

        outputs: int64 (n, O); around: (n, A, C), the values of the neighbours, 0 outside of the
        image.
        """
        ...


class Site(Protocol):
    """Some pixels of which the first few channels, in coding order, are known."""

    def distribution(self) -> Distribution:
        """That of the next channel, of all n pixels."""
        ...

    def known(self, values: Pixels) -> None:
        """The next channel becomes known: values (n,)."""
        ...
