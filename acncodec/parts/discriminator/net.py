"""The discriminator of an adversarial auto-encoder (Makhzani et al. 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

SLOPE = 0.2
"""Of a feature below 0."""


class Discriminator(nn.Module):
    """Two hidden layers, and the logit of a point's being drawn from the Gaussian."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, 1)

    def forward(self, points: Tensor) -> Tensor:
        """points: (N, inputs). Returns logits, float32 (N,)."""
        with torch.autocast(points.device.type, enabled=False):
            x = nn.functional.leaky_relu(self.first(points.float()), SLOPE)
            x = nn.functional.leaky_relu(self.second(x), SLOPE)
            out: Tensor = self.out(x)[:, 0]
        return out
