"""The encoder: an image to its code, five convolutional layers (paper, section 4.1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acncodec.parts.conv_encoder.shape import EncoderConfig, encoder_sizes, kernel_of


class Encoder(nn.Module):
    """x -> c, the mean of q(z|x) = N(c, I)."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        channels = (config.image_shape[0], *config.encoder_channels)
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, kernel_of(i), stride=stride, padding=kernel_of(i) // 2)
            for i, (before, after, stride) in enumerate(
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
