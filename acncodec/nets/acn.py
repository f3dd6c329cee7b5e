"""The associative compression network: encoder, prior network and decoder together."""

from __future__ import annotations

import torch
from torch import nn

from acncodec.nets.config import ModelConfig
from acncodec.nets.encoder import Encoder
from acncodec.nets.pixelcnn import GatedPixelCNN
from acncodec.nets.prior import PriorNetwork


class ACN(nn.Module):
    """The three networks that Alice and Bob share."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.prior = PriorNetwork(config)
        self.decoder = GatedPixelCNN(config)

    def channels_last(self) -> ACN:
        """The same network with its convolutions in the layout that is fastest on a CPU."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return self
