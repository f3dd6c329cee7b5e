"""The exact networks of a model: what decides the bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from acncodec.contracts.image_encoder import ImageEncoder
from acncodec.contracts.latent_space import LatentSpace
from acncodec.latents.gaussian_grid import GaussianGrid
from acncodec.latents.none import NoLatents
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior

D = TypeVar("D", covariant=True)
"""A decoder."""


@dataclass(frozen=True, eq=False)
class ExactNetworks(Generic[D]):
    """Without an encoder and an unconditional prior there are no latents, and codes have no
    dimensions; without a prior network no code prices another image's latent."""

    decoder: D
    encoder: ImageEncoder | None = None
    mixture: ExactMixture | None = None
    prior: ExactPrior | None = None

    @property
    def latents(self) -> LatentSpace:
        """The space of the latents. A family with another one has a class of its own here."""
        if self.mixture is None:
            return NoLatents()
        return GaussianGrid(self.mixture, self.prior)
