"""What a prior network needs to know of a model's config."""

from __future__ import annotations

from typing import Protocol

PRIOR_HIDDEN_LAYERS = 3


class PriorConfig(Protocol):
    """The sizes of a prior network."""

    @property
    def latent_dim(self) -> int:
        """D, dimensions of a code and of a latent."""

    @property
    def prior_hidden(self) -> int:
        """Width of each hidden layer."""

    @property
    def prior_components(self) -> int:
        """M, Gaussians for each dimension."""
