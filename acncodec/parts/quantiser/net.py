"""The conditioner of quantised latents as a float network.

z -- each E entries: the nearest of a codebook --> z' -- the layers of a conditioner --> s
"""

from __future__ import annotations

import torch
from torch import Tensor

from acncodec.parts.conditioner.net import Conditioner
from acncodec.parts.quantiser.shape import QuantiserConfig


class QuantisedConditioner(Conditioner):
    """z -> feature map s. codebook: float32 (K, E), a buffer: no gradient moves it."""

    codebook: Tensor

    def __init__(self, config: QuantiserConfig) -> None:
        super().__init__(config)
        self.register_buffer("codebook", 3.0 * torch.randn(config.codes, config.code_features))

    def split(self, z: Tensor) -> Tensor:
        """The vectors of latents (N, D): (N * D / E, E)."""
        return z.reshape(-1, self.codebook.shape[1])

    def nearest(self, z: Tensor) -> Tensor:
        """The nearest vector of the codebook for each of those of z (N, D), the first of equals:
        int64 (N, D / E)."""
        norms = (self.codebook**2).sum(1)
        found = (norms - 2.0 * self.split(z.detach()) @ self.codebook.T).argmin(1)
        return found.reshape(len(z), -1)

    def quantised(self, z: Tensor) -> Tensor:
        """The vectors that are nearest to z (N, D), in its place."""
        taken: Tensor = self.codebook[self.nearest(z)]
        return taken.reshape(z.shape)

    def forward(self, z: Tensor) -> Tensor:
        """z: (N, D), to which the gradient passes as it is. Returns (N, S, H, W)."""
        return super().forward(z + (self.quantised(z) - z).detach())
