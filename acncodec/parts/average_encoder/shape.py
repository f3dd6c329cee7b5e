"""What an any-size encoder needs to know of a model's config; no torch here."""

from __future__ import annotations

from typing import Protocol

from acncodec.parts.conv_encoder.shape import ConvolutionsConfig


class AverageEncoderConfig(ConvolutionsConfig, Protocol):
    """The sizes of an any-size encoder."""

    @property
    def channels(self) -> int:
        """Of the images, 1 to 4."""

    @property
    def latent_dim(self) -> int:
        """D, dimensions of a code."""
