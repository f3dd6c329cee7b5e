"""What a likelihood is: images priced by a network, given their latents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.codec import Codec
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class ImageKind:
    """What images a model takes. channels: C; levels: values a sample may have, 0 to levels - 1;
    size: (height, width), or None where any is right."""

    channels: int
    levels: int
    size: tuple[int, int] | None


class Likelihood(Protocol):
    """r(x|z)."""

    @property
    def accepts(self) -> ImageKind:
        """What images it prices."""
        ...

    def codec(self, z: Ints, workers: Workers) -> Codec[Pixels]:
        """The codec of n images with latents z, int64 (n, D) grid steps. Its symbols are level
        indices (n, C, H, W)."""
        ...
