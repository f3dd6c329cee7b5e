"""The plain VAE's decoder: a latent to one logit a pixel, without a look at any pixel."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acncodec.parts.conditioner.net import Conditioner
from acncodec.parts.conditioner.shape import ConditionerConfig


class FeedForward(nn.Module):
    """r(x|z) with independent pixels: the conditioner's feature map, ReLU, a 3x3 convolution."""

    def __init__(self, config: ConditionerConfig) -> None:
        super().__init__()
        channels, *size = config.image_shape
        self.size = tuple(size)
        self.conditioner = Conditioner(config)
        self.logit = nn.Conv2d(config.condition_channels, channels, 3, padding=1)

    def forward(self, _x: Tensor, z: Tensor) -> Tensor:
        """z: (N, D); the images are not looked at. Returns logits, float32 (N, C, H, W)."""
        out: Tensor = self.logit(torch.relu(self.conditioner(z)))
        return out.float()
