"""What a map encoder needs to know of a model's config; no torch here."""

from __future__ import annotations

from typing import Protocol

from acncodec.parts.conv_encoder.shape import EncoderConfig


class MapEncoderConfig(EncoderConfig, Protocol):
    """The sizes of a map encoder."""

    @property
    def codes(self) -> int:
        """K, vectors of the codebook."""

    @property
    def code_features(self) -> int:
        """E, entries of such a vector."""
