"""What a renderer is: the one image that a network makes of a latent; images have no price."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.run.workers import Workers

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


class Renderer(Protocol):
    """z to x. Nothing is drawn by chance: the same latent is the same image, on every machine."""

    @property
    def levels(self) -> int:
        """Of the images that come out, which need not be those of the images that the model takes:
        a mean of zeros and ones is a shade."""
        ...

    @property
    def classes(self) -> int:
        """How many classes the network may be told; 0 where it is told none."""
        ...

    def images(self, z: Ints, labels: Ints | None, workers: Workers) -> Pixels:
        """The images of latents z, int64 (n, D) grid steps: level indexes (n, C, H, W).

        labels: the class of each, int64 (n,), 0 to `classes` - 1, where there are any. Raises
        `ModelError` where they are missing, out of range, or there are none to be told.
        """
        ...
