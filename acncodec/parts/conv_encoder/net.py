"""The encoder: an image to its code, five convolutional layers (paper, section 4.1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acncodec.families.config import ModelConfig
from acncodec.parts.shapes import encoder_sizes


class Encoder(nn.Module):
    """x -> c, the mean of q(z|x) = N(c, I)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = (config.channels, *config.encoder_channels)
        self.layers = nn.ModuleList(
            nn.Conv2d(
                before, after, 5 if index == 0 else 3, stride=stride, padding=2 if index == 0 else 1
            )
            for index, (before, after, stride) in enumerate(
                zip(channels[:-1], channels[1:], config.encoder_strides, strict=True)
            )
        )
        height, width = encoder_sizes(config)[-1]
        self.out = nn.Linear(channels[-1] * height * width, config.latent_dim)

    def forward(self, x: Tensor) -> Tensor:
        """x: (N, C, H, W) in {0, 1} as float. Returns codes, float32 (N, D)."""
        for layer in self.layers:
            x = torch.relu(layer(x))
        with torch.autocast(x.device.type, enabled=False):
            code: Tensor = self.out(x.float().flatten(1))
        return code
