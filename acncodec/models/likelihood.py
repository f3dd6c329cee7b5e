"""The likelihood of a frozen model: its decoder behind the contract."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.likelihood import ImageKind
from acncodec.models.pixels import PixelCodec
from acncodec.parts.feedforward.exact import PixelDecoder
from acncodec.run.workers import Workers


@dataclass(frozen=True, eq=False)
class DecoderLikelihood:
    """r(x|z) by a decoder. accepts: what images it prices."""

    accepts: ImageKind
    decoder: PixelDecoder

    def codec(self, z: NDArray[np.int64], workers: Workers) -> PixelCodec:
        """The codec of n images with latents z, int64 (n, D)."""
        return PixelCodec(self.decoder, z, workers)
