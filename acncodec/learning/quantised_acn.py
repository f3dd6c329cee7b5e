"""What an ACN with a codebook is trained to lower: Algorithm 1, and latents near their codes."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from acncodec.learning.codebook import MovingCodebook
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.objectives import AssociativeCost
from acncodec.learning.quantised import commitment
from acncodec.learning.recipe import Recipe
from acncodec.learning.source import Source, some_rows


class QuantisedAssociativeCost(AssociativeCost):
    """Algorithm 1 of the ACN paper, where the decoder sees latents quantised (its conditioner is
    `parts.quantiser`); where the networks train, the codebook moves."""

    def __init__(self, net: FloatNetworks, source: Source, recipe: Recipe) -> None:
        super().__init__(net, source, recipe.neighbours, recipe.pool)
        vectors = net.config.latent_dim // net.config.code_features
        self.codebook = MovingCodebook(net.decoder.conditioner, recipe.batch * vectors)

    def refresh(self, generator: torch.Generator) -> None:
        """Encode the whole source anew, and replace dead codes."""
        super().refresh(generator)
        if self._net.training and bool(self.codebook.dead.any()):
            codes = self.table[some_rows(len(self.table), generator)]
            z = codes + torch.randn(codes.shape, generator=generator)
            self.codebook.revive(self._net.decoder.conditioner.split(z), generator)

    def pixel_costs(self, x: Tensor, z: Tensor) -> Tensor:
        """-log r(x|z) in nats, (n,), with the gradient of the distance of z from its codes."""
        conditioner = self._net.decoder.conditioner
        cost = super().pixel_costs(x, z) + commitment(z, conditioner.quantised(z))
        if self._net.training:
            self.codebook.follow(conditioner.nearest(z).flatten(), conditioner.split(z))
        return cost

    def begin_trained(self) -> None:
        """Keep the codebook that there is."""
        self.codebook.adopt()

    def state(self) -> dict[str, Tensor]:
        """The neighbour table, and the moving averages of the codebook."""
        return super().state() | self.codebook.state()

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Undo `state`."""
        super().load(tensors)
        self.codebook.load(tensors)

    def measures(self) -> dict[str, float]:
        """The perplexity of the codes."""
        return self.codebook.measures()
