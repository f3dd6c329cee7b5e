"""What an encoder is: images to codes, in exact integers."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


class ImageEncoder(Protocol):
    """x -> c, the mean of q(z|x)."""

    @property
    def code_reach(self) -> int:
        """Codes lie within +- so many grid steps."""
        ...

    @property
    def matrices(self) -> tuple[NDArray[np.float64], ...]:
        """Every matrix that is multiplied in float64."""
        ...

    def macs(self, size: tuple[int, int], /) -> int:
        """Multiply-adds to encode one image of `size` (height, width)."""
        ...

    def codes(self, pixels: Pixels, levels: int, /) -> Ints:
        """Codes of level indexes (N, C, H, W) below `levels`, in grid steps, int64 (N, D)."""
        ...
