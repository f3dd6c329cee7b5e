"""What a likelihood is: images priced by a network, given their latents."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.codec import Codec
from acncodec.contracts.image_kind import ImageKind
from acncodec.run.workers import Workers

__all__ = ["ImageKind", "Likelihood"]

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


class Likelihood(Protocol):
    """r(x|z)."""

    @property
    def accepts(self) -> ImageKind:
        """What images it prices."""
        ...

    def of(self, images: ImageKind, /) -> Likelihood:
        """That of images of one size and number of levels.

        Raises `ModelError` where these are not among those it accepts.
        """
        ...

    def codec(self, z: Ints, workers: Workers) -> Codec[Pixels]:
        """The codec of n images with latents z, int64 (n, D) grid steps. Its symbols are level
        indices (n, C, H, W): uint8, or uint16 where there are more than 256 levels.

        Raises `ModelError` where size or levels are still open.
        """
        ...

    def real_bits(self, z: Ints, pixels: Pixels, workers: Workers) -> float:
        """What images (n, C, H, W) of latents z (n, D) would cost, bits, if probabilities of the
        network's integers were real numbers: for a look at what their rounding costs.

        Raises `ModelError` where size or levels are still open.
        """
        ...
