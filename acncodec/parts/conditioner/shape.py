"""What a conditioner needs to know of a model's config, and the sizes of its feature maps."""

from __future__ import annotations

from typing import Protocol


class ConditionerConfig(Protocol):
    """The sizes of a conditioner."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""

    @property
    def latent_dim(self) -> int:
        """D, dimensions of a latent."""

    @property
    def condition_channels(self) -> int:
        """S, channels of the feature map."""

    @property
    def condition_hidden(self) -> int:
        """T, channels inside."""


class SizedImages(Protocol):
    """What says how large images are."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""


def condition_sizes(config: SizedImages) -> list[tuple[int, int]]:
    """(height, width) of the three feature maps between latent and full resolution."""
    _, height, width = config.image_shape
    return [(-(-height // k), -(-width // k)) for k in (4, 2, 1)]
