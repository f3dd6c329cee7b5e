"""What an encoder needs to know of a model's config, and the sizes of its feature maps."""

from __future__ import annotations

from typing import Protocol

from acncodec.errors import ModelError


class ConvolutionsConfig(Protocol):
    """The sizes of an encoder's convolutions."""

    @property
    def encoder_channels(self) -> tuple[int, ...]:
        """Outputs of each convolution."""

    @property
    def encoder_strides(self) -> tuple[int, ...]:
        """Their strides."""


class EncoderConfig(ConvolutionsConfig, Protocol):
    """The sizes of a convolutional encoder."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""

    @property
    def latent_dim(self) -> int:
        """D, dimensions of a code."""


def check_encoder(config: ConvolutionsConfig) -> None:
    """Raise `ModelError` unless there are as many strides as convolutions, and at least one."""
    if not 0 < len(config.encoder_channels) == len(config.encoder_strides):
        raise ModelError(
            "the lists encoder_channels and encoder_strides are empty or differ in length: "
            f"{len(config.encoder_channels)} and {len(config.encoder_strides)}"
        )


def kernel_of(layer: int) -> int:
    """Rows and columns of a convolution's filter, by its place."""
    return 5 if layer == 0 else 3


def encoder_sizes(config: EncoderConfig) -> list[tuple[int, int]]:
    """(height, width) of the encoder's input and of each layer's output."""
    sizes = [config.image_shape[1:]]
    for stride in config.encoder_strides:
        height, width = sizes[-1]
        sizes.append(((height - 1) // stride + 1, (width - 1) // stride + 1))
    return sizes
