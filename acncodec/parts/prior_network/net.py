"""The prior network: a neighbour's code to a mixture of Gaussians for each latent dimension."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from acncodec.arithmetic.tables import MIN_SCALE
from acncodec.parts.mixture.net import MixturePrior
from acncodec.parts.prior_network.shape import PRIOR_HIDDEN_LAYERS, PriorConfig

POSTERIOR_ENTROPY = 0.5 * math.log(2 * math.pi * math.e)
"""Entropy of the unit Gaussian posterior, nats a dimension."""


class Mixture(NamedTuple):
    """Mixtures of M Gaussians for each of D dimensions; every field is (N, D, M)."""

    log_weights: Tensor
    means: Tensor
    scales: Tensor

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats, summed over dimensions. z: (N, D). Returns (N,)."""
        t = (z[..., None] - self.means) / self.scales
        log_density = -0.5 * t * t - torch.log(self.scales) - 0.5 * math.log(2 * math.pi)
        return torch.logsumexp(self.log_weights + log_density, -1).sum(-1)


class PriorNetwork(nn.Module):
    """p(z|c'): three tanh layers, each fed by the input too, all of them feeding the output."""

    def __init__(self, config: PriorConfig) -> None:
        super().__init__()
        self.shape = (config.latent_dim, config.prior_components)
        width, dim = config.prior_hidden, config.latent_dim
        self.hidden = nn.ModuleList(
            nn.Linear(dim if index == 0 else dim + width, width)
            for index in range(PRIOR_HIDDEN_LAYERS)
        )
        outputs = 3 * config.latent_dim * config.prior_components
        self.out = nn.Linear(PRIOR_HIDDEN_LAYERS * width, outputs)
        with torch.no_grad():
            self.out.weight.mul_(0.1)
            bias = self.out.bias.view(3, *self.shape)
            bias.zero_()
            bias[1].normal_(0.0, 2.0)
            bias[2].fill_(1.0)

    def forward(self, code: Tensor) -> Mixture:
        """code: (N, D), a neighbour's code. Returns the mixtures for the latent."""
        layers: list[Tensor] = []
        for layer in self.hidden:
            joined = torch.cat([code, layers[-1]], -1) if layers else code
            layers.append(torch.tanh(layer(joined)))
        out = self.out(torch.cat(layers, -1)).view(-1, 3, *self.shape).float()
        return Mixture(F.log_softmax(out[:, 0], -1), out[:, 1], F.softplus(out[:, 2]) + MIN_SCALE)


def conditional_kl(mixture: Mixture, z: Tensor) -> Tensor:
    """One-sample estimate of KL(q(z|x) || p(z|c')) in nats, z drawn from q. Returns (N,)."""
    return -POSTERIOR_ENTROPY * z.shape[-1] - mixture.log_prob(z)


def unconditional_kl(prior: MixturePrior, z: Tensor) -> Tensor:
    """One-sample estimate of KL(q(z|x) || p(z)) in nats, z drawn from q. Returns (N,)."""
    return -POSTERIOR_ENTROPY * z.shape[-1] - prior.log_prob(z)
