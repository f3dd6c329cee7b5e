"""What a likelihood is: images priced by a network, given their latents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.codec import Codec
from acncodec.contracts.image_kind import ImageKind
from acncodec.contracts.message import Message
from acncodec.run.workers import Workers

__all__ = ["ImageCodec", "ImageKind", "Likelihood"]

Ints = NDArray[np.int64]
Pixels = NDArray[Any]
T = TypeVar("T")


class ImageCodec(Codec[T], Protocol[T]):
    """A codec of n images that says what each of them costs."""

    def push_priced(self, stack: Message, symbol: T) -> NDArray[np.float64]:
        """Push images, and give the information content of each, bits (n,)."""
        ...

    def image_bits(self, symbol: T) -> NDArray[np.float64]:
        """The information content of each image, bits (n,)."""
        ...


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

    def codec(self, z: Ints, workers: Workers) -> ImageCodec[Pixels]:
        """The codec of n images with latents z, int64 (n, D) grid steps. Its symbols are level
        indices (n, C, H, W): uint8, or uint16 where there are more than 256 levels.

        Raises `ModelError` where size or levels are still open.
        """
        ...

    def several(
        self, images: Sequence[ImageKind], z: Ints, workers: Workers
    ) -> ImageCodec[list[Pixels]]:
        """The codec of n images each of which is of its own size and number of levels; its symbols
        are lists of level indices (C, H, W).

        Raises `ModelError` where one of them is not among those it accepts.
        """
        ...

    def real_bits(self, z: Ints, pixels: Pixels, workers: Workers) -> float:
        """What images (n, C, H, W) of latents z (n, D) would cost, bits, if probabilities of the
        network's integers were real numbers: for a look at what their rounding costs.

        Raises `ModelError` where size or levels are still open.
        """
        ...
