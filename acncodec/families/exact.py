"""The exact networks of a model: what decides the bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.image_encoder import ImageEncoder
from acncodec.contracts.latent_space import LatentSpace
from acncodec.latents.gaussian_grid import GaussianGrid
from acncodec.latents.none import NoLatents
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior

D = TypeVar("D", covariant=True)
"""A decoder."""
Matrix = NDArray[np.float64]


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

    @property
    def priors(self) -> tuple[Any, ...]:
        """The networks that price latents, with their `macs` and `matrices`."""
        return () if self.prior is None else (self.prior,)

    @property
    def matrices(self) -> Iterator[Matrix]:
        """Every matrix that NumPy multiplies in float64."""
        if self.encoder is not None:
            yield from self.encoder.matrices
        for prior in self.priors:
            yield from prior.matrices
        decoder: Any = self.decoder
        yield from decoder.matrices

    @property
    def compiled_matrices(self) -> tuple[Matrix, ...]:
        """Every matrix that compiled loops multiply in float64."""
        decoder: Any = self.decoder
        return tuple(decoder.compiled_matrices)

    def macs_of(self, size: tuple[int, int], places: int) -> int:
        """Multiply-adds to decode one image of this (height, width): decoder, priors, and the
        encoder where latents come back. places: by which the decoder's count is multiplied."""
        decoder: Any = self.decoder
        total = int(decoder.macs) * places
        if self.encoder is not None and not self.latents.certain:
            total += self.encoder.macs(size)
        return total + sum(int(prior.macs) for prior in self.priors)
