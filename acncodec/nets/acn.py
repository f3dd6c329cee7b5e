"""The associative compression network: encoder, prior network and decoder together."""

from __future__ import annotations

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
