"""The networks of a Gaussian grid, and what is known of it by them alone."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.errors import ModelError
from acncodec.latents.urn import Pool
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior


@dataclass(frozen=True, eq=False)
class GaussianNetworks:
    """mixture: the unconditional prior; network: the prior network, if the model has one."""

    mixture: ExactMixture
    network: ExactPrior | None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        return (self.mixture.offsets.shape[1],)

    @property
    def conditional(self) -> bool:
        """Whether there is a prior network."""
        return self.network is not None

    def require_network(self) -> ExactPrior:
        """The prior network. Raises `ModelError` where there is none."""
        if self.network is None:
            raise ModelError("the model has no prior network")
        return self.network

    def pool(self, kernel: int, capacity: int) -> Pool:
        """Room for the mixtures p(z|c') that up to `capacity` codes make."""
        (dim,) = self.shape
        return Pool(self.require_network(), dim, kernel, capacity)
