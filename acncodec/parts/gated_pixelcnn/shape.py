"""What a gated PixelCNN needs to know of a model's config."""

from __future__ import annotations

from typing import Protocol

from acncodec.errors import ModelError


class PixelCNNConfig(Protocol):
    """The sizes of a gated PixelCNN. A vertical kernel is (rows, columns) of the causal half of a
    filter, so 5x5 filters are (3, 5) with a horizontal kernel of 3."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""

    @property
    def decoder_filters(self) -> int:
        """F, features of either stack."""

    @property
    def decoder_blocks(self) -> int:
        """B."""

    @property
    def vertical_kernel(self) -> tuple[int, int]:
        """Of a block."""

    @property
    def horizontal_kernel(self) -> int:
        """Of a block."""

    @property
    def input_vertical_kernel(self) -> tuple[int, int]:
        """Of the vertical stack's first layer."""

    @property
    def input_horizontal_kernel(self) -> int:
        """Of the horizontal stack's first layer."""

    @property
    def head_filters(self) -> int:
        """E, width of the head."""


def check_kernels(config: PixelCNNConfig) -> None:
    """Raise `ModelError` unless vertical kernels are (rows, columns) with a centre."""
    kernels = {
        "vertical_kernel": config.vertical_kernel,
        "input_vertical_kernel": config.input_vertical_kernel,
    }
    for name, kernel in kernels.items():
        if len(kernel) != 2:
            raise ModelError(f"{name} is {list(kernel)}: it must be [rows, columns]")
        if kernel[1] % 2 == 0:
            raise ModelError(f"{name} is {list(kernel)}: its columns must be odd")
