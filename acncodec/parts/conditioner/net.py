"""The conditioner: a latent to a feature map of the image's size, for a decoder to look at."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acncodec.parts.conditioner.shape import ConditionerConfig, condition_sizes


class Conditioner(nn.Module):
    """z -> feature map s of the image's size: a linear layer, then two upsampling layers."""

    def __init__(self, config: ConditionerConfig) -> None:
        super().__init__()
        self.sizes = condition_sizes(config)
        self.hidden = config.condition_hidden
        height, width = self.sizes[0]
        self.linear = nn.Linear(config.latent_dim, self.hidden * height * width)
        self.middle = nn.Conv2d(self.hidden, self.hidden, 3, padding=1)
        self.out = nn.Conv2d(self.hidden, config.condition_channels, 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        """z: (N, D). Returns (N, S, H, W)."""
        s = torch.relu(self.linear(z)).view(-1, self.hidden, *self.sizes[0])
        s = torch.relu(self.middle(doubled(s, self.sizes[1])))
        out: Tensor = self.out(doubled(s, self.sizes[2]))
        return out


def doubled(s: Tensor, size: tuple[int, int]) -> Tensor:
    """A map (N, T, rows, columns) with every row and column twice, cropped to `size`."""
    s = s.repeat_interleave(2, 2).repeat_interleave(2, 3)
    return s[:, :, : size[0], : size[1]].contiguous(memory_format=torch.channels_last)
