"""Sizes of feature maps, which the float networks and their exact copies share."""

from __future__ import annotations

from acncodec.families.config import ModelConfig

PRIOR_HIDDEN_LAYERS = 3


def encoder_sizes(config: ModelConfig) -> list[tuple[int, int]]:
    """(height, width) of the encoder's input and of each layer's output."""
    sizes = [(config.height, config.width)]
    for stride in config.encoder_strides:
        height, width = sizes[-1]
        sizes.append(((height - 1) // stride + 1, (width - 1) // stride + 1))
    return sizes


def condition_sizes(config: ModelConfig) -> list[tuple[int, int]]:
    """(height, width) of the three feature maps between latent and full resolution."""
    return [(-(-config.height // k), -(-config.width // k)) for k in (4, 2, 1)]
