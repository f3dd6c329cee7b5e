"""The exact prior of maps of codes: logits of indexes, place by place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder, LevelNetwork


@dataclass(frozen=True, eq=False)
class ExactCodePrior:
    """network: of one channel, whose outputs are K logits at 2^10; embedding: int16 (K, P), the
    planes that stand for an index."""

    network: ExactDecoder
    embedding: NDArray[np.int16]

    @property
    def height(self) -> int:
        """Rows of a map."""
        return self.network.height

    @property
    def width(self) -> int:
        """Columns of a map."""
        return self.network.width

    @property
    def places(self) -> int:
        """Places of a map."""
        return self.height * self.width

    @property
    def sized(self) -> LevelNetwork:
        """The network as that of images of K levels."""
        return LevelNetwork(self.network, self.embedding)

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that NumPy multiplies in float64."""
        return self.network.matrices

    @property
    def compiled_matrices(self) -> tuple[Floats, ...]:
        """Every matrix that compiled loops multiply in float64."""
        return self.network.compiled_matrices

    @property
    def macs(self) -> int:
        """Multiply-adds of one map."""
        return self.network.macs
