"""The prior of maps of codes as a float network.

    indexes -- embedding, tanh --> planes -- two gated stacks --> a logit for each index

A place's distribution is a function of the places before it in raster order.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acncodec.heads.categorical_loss import nats
from acncodec.parts.code_prior.shape import CodePriorConfig
from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN


class CodePrior(nn.Module):
    """p(z) of maps of indexes. embedding: (K, P), planes before the tanh, which bounds them."""

    def __init__(self, config: CodePriorConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Parameter(torch.randn(config.codes, config.features))
        self.network = GatedPixelCNN(config, planes=config.planes, outputs=config.codes)

    def planes(self, maps: Tensor) -> Tensor:
        """What the network sees of indexes, int64 (N, h, w): (N, P + 1, h, w)."""
        seen = torch.tanh(self.embedding)[maps].permute(0, 3, 1, 2)
        return torch.cat([seen, torch.ones_like(seen[:, :1])], 1)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) of indexes (N, h * w) of any dtype, in nats, (N,)."""
        config = self.config
        maps = z.long().reshape(len(z), config.height, config.width)
        return -nats(self.network(self.planes(maps), z), maps[:, None])
