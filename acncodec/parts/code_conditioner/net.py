"""The conditioner of maps of codes: their vectors to a feature map of the image's size."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acncodec.parts.code_conditioner.shape import CodeConditionerConfig
from acncodec.parts.conditioner.net import doubled
from acncodec.parts.conditioner.shape import condition_sizes


class CodeConditioner(nn.Module):
    """z -> feature map s: a 1x1 layer at each place of the map, then two upsampling layers."""

    def __init__(self, config: CodeConditionerConfig) -> None:
        super().__init__()
        self.sizes = condition_sizes(config)
        hidden = config.condition_hidden
        self.linear = nn.Conv2d(config.code_features, hidden, 1)
        self.middle = nn.Conv2d(hidden, hidden, 3, padding=1)
        self.out = nn.Conv2d(hidden, config.condition_channels, 3, padding=1)

    def forward(self, vectors: Tensor) -> Tensor:
        """vectors: (N, E, ceil(H/4), ceil(W/4)). Returns (N, S, H, W)."""
        s = torch.relu(self.linear(vectors))
        s = torch.relu(self.middle(doubled(s, self.sizes[1])))
        out: Tensor = self.out(doubled(s, self.sizes[2]))
        return out
