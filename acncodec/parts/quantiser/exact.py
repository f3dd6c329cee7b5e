"""The exact conditioner of quantised latents: the nearest of a codebook, by whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.arithmetic.prepared import Prepared
from acncodec.engines.conv import ExactConv
from acncodec.parts.conditioner.exact import ExactConditioner

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExactQuantiser(Prepared):
    """codebook: int16 (K, E), in grid steps; conditioner: what sees the vectors in place of z."""

    codebook: NDArray[np.int16]
    conditioner: ExactConditioner

    @cached_property
    def vectors(self) -> Floats:
        """The codebook as a matrix of operands, float64 (E, K)."""
        return np.ascontiguousarray(self.codebook.T, np.float64)

    @property
    def out(self) -> ExactConv:
        """The last layer."""
        return self.conditioner.out

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that is multiplied in float64."""
        return (self.vectors, *self.conditioner.matrices)

    @property
    def macs(self) -> int:
        """Multiply-adds of one image."""
        latent = int(self.conditioner.linear.weight.shape[1])
        return self.conditioner.macs + latent * len(self.codebook)

    def nearest(self, z: Ints) -> Ints:
        """The code for each E entries of latents z (n, D), grid steps: the k for which the sum of
        (z - codebook_k)^2 is least, the first of equals. int64 (n, D / E)."""
        flat = z.reshape(-1, self.codebook.shape[1]).astype(np.float64)
        distances = (self.vectors**2).sum(0) - 2.0 * (flat @ self.vectors)
        found: Ints = distances.argmin(1).reshape(len(z), -1)
        return found

    def features(self, z: Ints) -> NDArray[np.int16]:
        """z: (n, D) in grid steps. Returns operands int16 (n, H, W, S)."""
        seen = self.codebook[self.nearest(z)].reshape(z.shape).astype(np.int64)
        return self.conditioner.features(seen)
