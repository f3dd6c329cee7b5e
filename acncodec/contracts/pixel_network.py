"""What a network over pixels is: numbers for each pixel, given those before it and a latent."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


class PixelPass(Protocol):
    """Some n images on their way through a network, row by row from the top, each from the left.

    The same numbers come out whether the pixels of a row are made known one by one or at once.
    """

    def begin_row(self, row: int) -> None:
        """All rows above are known: compute what depends on them alone."""
        ...

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Columns start..stop-1 of `row` become known: values (n, C, stop - start)."""
        ...

    def outputs(self, row: int, start: int, stop: int) -> Ints:
        """What the network gives for columns start..stop-1 of `row`, int64 (stop - start, n, O).

        Everything to their left must be known, and spans must run from left to right.
        """
        ...


class RaggedPass(Protocol):
    """A pass of images of several sizes, side by side by falling width: the first ones are the
    widest. What an image has no pixel for is as outside of it."""

    def begin_row(self, row: int) -> None:
        """As that of `PixelPass`."""
        ...

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Columns start..stop-1 of `row` of the first n images become known: values (n, C, stop -
        start). They are those that have these columns, or the first of them."""
        ...

    def outputs(self, row: int, start: int, stop: int, count: int) -> Ints:
        """As that of `PixelPass`, for the first `count` images: those that have these columns, or
        the first of them. Of columns that an image does not have, anything may come."""
        ...

    def trim(self, row: int, starts: Ints, stops: Ints) -> None:
        """Columns starts[i]..stops[i]-1 of `row` are none of image i, for the first n images, (n,):
        before the next row is begun, all that was put or computed there is as outside."""
        ...

    def keep(self, rows: Ints) -> None:
        """Go on with some images alone, rows (m,) of them, ascending: the others have ended."""
        ...


class RaggedNetwork(Protocol):
    """A network for images of any size, of one number of levels."""

    def start(self, width: int, z: Ints, device: str, /) -> RaggedPass:
        """Begin with n images, the widest of `width` columns, whose latents are z, int64 (n, D)."""
        ...


class PixelNetwork(Protocol):
    """A network for images of one size."""

    @property
    def height(self) -> int:
        """H."""
        ...

    @property
    def width(self) -> int:
        """W."""
        ...

    @property
    def span(self) -> int:
        """Columns, W or a divisor of it, whose outputs can be had together."""
        ...

    def start(self, z: Ints, device: str, /) -> PixelPass:
        """Begin with n images whose latents are z, int64 (n, D)."""
        ...
