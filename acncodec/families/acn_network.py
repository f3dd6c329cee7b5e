"""The associative compression network: encoder, prior network and decoder together."""

from __future__ import annotations

from torch import nn

from acncodec.families.config import ModelConfig
from acncodec.parts.conv_encoder.net import Encoder
from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN
from acncodec.parts.prior_network.net import PriorNetwork


class ACN(nn.Module):
    """The three networks that Alice and Bob share."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.prior = PriorNetwork(config)
        self.decoder = GatedPixelCNN(config)
