"""The exact feed-forward decoder: all logits of an image at once, from its latent alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.engines.choice import chosen
from acncodec.engines.conv import ExactConv, Pixels
from acncodec.parts.conditioner.exact import ExactConditioner
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.run.workers import chunks

Ints = NDArray[np.int64]

CHUNK = 16
"""Images at once: the windows of the last convolutions take 7 MB each."""


@dataclass(frozen=True, eq=False)
class ExactFeedForward:
    """All integers of r(x|z), as in `net`; pixels are independent given z."""

    conditioner: ExactConditioner
    logit: ExactConv
    height: int
    width: int

    @property
    def span(self) -> int:
        """Columns of a row whose pixels can be decoded together: all."""
        return self.width

    compiled_matrices: ClassVar[tuple[Floats, ...]] = ()
    """No compiled loop multiplies in float64."""

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that NumPy multiplies in float64."""
        return (*self.conditioner.matrices, *self.logit.matrices)

    @property
    def macs(self) -> int:
        """Multiply-adds to decode one image."""
        return self.conditioner.macs + self.logit.macs((self.height, self.width))

    def engine_on(self, _device: str) -> str:
        """What carries the decoder out: `int16` or `float64`, whatever the device."""
        return "float64" if chosen(self.logit.program) is None else "int16"

    def start(self, z: Ints, _device: str = "cpu") -> Ready:
        """Begin decoding the images whose latents (grid steps) are z (n, D), on the CPU."""
        return Ready(self.score(z).reshape(len(z), self.height, self.width))

    def score(self, z: Ints, _pixels: Pixels | None = None, _device: str = "cpu") -> Ints:
        """Logits at 2^10, int64 (n, H * W). Pixels are not looked at."""
        out = np.empty((len(z), self.height, self.width), np.int64)
        for rows in chunks(len(z), CHUNK):
            x = np.maximum(self.conditioner.features(z[rows]), 0)
            out[rows] = self.logit.apply(x, relu=False)[..., 0]
        return out.reshape(len(z), self.height * self.width)


class Ready:
    """The logits of n images, int64 (n, H, W), handed out as a `PixelPass` does."""

    def __init__(self, logits: Ints) -> None:
        self._logits = logits

    def begin_row(self, row: int) -> None:
        """Nothing: no row depends on another."""

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Nothing: no logit depends on a pixel."""

    def outputs(self, row: int, start: int, stop: int) -> Ints:
        """Logits of columns start..stop-1 of `row`, int64 (stop - start, n, 1)."""
        return self._logits[:, row, start:stop].T[..., None]


PixelDecoder = ExactDecoder | ExactFeedForward
"""What prices pixels: `start` decodes them span by span, `score` prices them when known."""
