"""What a conditioner of quantised latents needs to know of a model's config; no torch here."""

from __future__ import annotations

from typing import Protocol

from acncodec.errors import ModelError
from acncodec.parts.conditioner.shape import ConditionerConfig


class QuantiserConfig(ConditionerConfig, Protocol):
    """The sizes of such a conditioner."""

    @property
    def codes(self) -> int:
        """K, vectors of the codebook."""

    @property
    def code_features(self) -> int:
        """E, entries of such a vector: so many of a latent are quantised together."""


def check_quantiser(config: QuantiserConfig) -> None:
    """Raise `ModelError` unless latents are whole vectors, of at least two codes."""
    if config.latent_dim % config.code_features:
        raise ModelError(
            f"latent_dim is {config.latent_dim}: it must be a multiple of code_features, "
            f"{config.code_features}"
        )
    if config.codes < 2:
        raise ModelError(f"codes is {config.codes}: a codebook has 2 vectors or more")
