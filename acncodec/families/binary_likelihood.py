"""The likelihood of images of two levels: a decoder of logits behind the contract."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import LOGIT_BITS
from acncodec.coding.listed import Listed
from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.families.pixels import PixelCodec
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


def check_among(images: ImageKind, accepts: ImageKind) -> None:
    """Raise `ModelError` unless `images`, of one size and number of levels, are among others."""
    if images.size is None or images.levels is None:
        raise ModelError("images that are coded have one size and one number of levels")
    if not accepts.takes((images.channels, *images.size), images.levels):
        raise ModelError(f"the model codes {accepts.about}, not {images.about}")


@dataclass(frozen=True, eq=False)
class BinaryLikelihood:
    """r(x|z) of images of two levels by a decoder whose outputs are logits."""

    accepts: ImageKind
    decoder: Any

    def of(self, images: ImageKind) -> BinaryLikelihood:
        """Itself. Raises `ModelError` for other images."""
        check_among(images, self.accepts)
        return self

    def codec(self, z: Ints, workers: Workers) -> PixelCodec:
        """The codec of n images with latents z, int64 (n, D)."""
        return PixelCodec(self.decoder, z, workers)

    def several(self, images: Sequence[ImageKind], z: Ints, workers: Workers) -> Listed:
        """The codec of n images in a list. Raises `ModelError` for others than it takes."""
        for one in set(images):
            check_among(one, self.accepts)
        return Listed(self.codec(z, workers))

    def real_bits(self, z: Ints, pixels: Pixels, workers: Workers) -> float:
        """Bits of images (n, 1, H, W) by real-valued sigmoids of the logits."""

        def price(rows: slice) -> float:
            logits = self.decoder.score(z[rows], pixels[rows])
            ones = pixels[rows].reshape(len(logits), -1) > 0
            signed = np.where(ones, -logits, logits) / 2.0**LOGIT_BITS
            return float(np.logaddexp(0.0, signed).sum()) / math.log(2.0)

        return math.fsum(workers.map(price, workers.parts(len(pixels))))
