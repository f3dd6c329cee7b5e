"""What a conditioner of maps of codes needs to know of a model's config; no torch here."""

from __future__ import annotations

from typing import Protocol


class CodeConditionerConfig(Protocol):
    """The sizes of a conditioner whose maps have a quarter of the image's rows and columns."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""

    @property
    def codes(self) -> int:
        """K, vectors of the codebook."""

    @property
    def code_features(self) -> int:
        """E, entries of such a vector."""

    @property
    def condition_channels(self) -> int:
        """S, channels of the feature map."""

    @property
    def condition_hidden(self) -> int:
        """T, channels inside."""
