"""The baselines of the paper's section 4: what an ACN is compared with, built of its parts."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acncodec.families.acn_network import ACN
from acncodec.families.config import ModelConfig
from acncodec.parts.conv_encoder.net import Encoder
from acncodec.parts.feedforward.net import FeedForward
from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN
from acncodec.parts.mixture.net import MixturePrior


class PixelModel(nn.Module):
    """r(x): the decoder alone, without a latent."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.decoder = GatedPixelCNN(config)


class LatentModel(nn.Module):
    """A variational autoencoder with the ACN's encoder and a prior that depends on nothing.

    Its decoder is a PixelCNN (`pixelvae`), or feed-forward (`vae`).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.prior = MixturePrior(config)
        self.decoder = GatedPixelCNN(config) if config.is_causal else FeedForward(config)


Network = ACN | LatentModel | PixelModel


def build_network(config: ModelConfig) -> Network:
    """Untrained float networks of the kind that `config` names, convolutions channels last."""
    net: Network
    if config.kind == "acn":
        net = ACN(config)
    else:
        net = LatentModel(config) if config.has_latents else PixelModel(config)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            # The layout that is fastest on a CPU.
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return net


def encode(net: Network, x: Tensor) -> Tensor:
    """Codes of images (N, C, H, W), float32 (N, D); D is 0 where there is no latent."""
    if isinstance(net, PixelModel):
        return x.new_zeros(len(x), 0)
    code: Tensor = net.encoder(x)
    return code


def network_parameters(net: Network) -> list[nn.Parameter]:
    """The weights of encoder and prior network, whose learning rate is a fraction of the rest's."""
    if isinstance(net, ACN):
        return [*net.encoder.parameters(), *net.prior.parameters()]
    return list(net.encoder.parameters()) if isinstance(net, LatentModel) else []
