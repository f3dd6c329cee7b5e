"""What a codebook is: vectors, of which each image takes some."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Codebook(Protocol):
    """K vectors, one of which stands in each place of an image's code."""

    @property
    def codebook(self) -> NDArray[np.int16]:
        """The vectors, (K, E)."""
        ...

    def nearest(self, z: Ints, /) -> Ints:
        """Which vector each place of codes or latents (n, *shape) takes, int64 (n, places)."""
        ...
