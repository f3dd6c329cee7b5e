"""A prior of its own parameters: a full-covariance Gaussian mixture trained by gradient."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Floats = NDArray[np.float64]
START_WIDTH = 3.0
"""Standard deviation of a component before training, in posterior standard deviations."""


class MixturePrior(nn.Module):
    """p(z), K Gaussians over D dimensions. One of them is the Gaussian prior of a plain VAE.

    With A_k lower triangular and a positive diagonal, A_k (z - mean_k) is white: component k
    has the covariance (A_k^T A_k)^-1. `factors` holds A_k with the logarithm of its diagonal.
    """

    def __init__(self, count: int, dim: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(count))
        self.means = nn.Parameter(torch.randn(count, dim) if count > 1 else torch.zeros(1, dim))
        self.factors = nn.Parameter(torch.eye(dim).repeat(count, 1, 1) * -math.log(START_WIDTH))

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats. z: (N, D). Returns float32 (N,)."""
        with torch.autocast(z.device.type, enabled=False):
            logs = torch.diagonal(self.factors, dim1=1, dim2=2)
            whiten = torch.tril(self.factors, -1) + torch.diag_embed(logs.exp())
            white = torch.einsum("kij,nkj->nki", whiten, z.float()[:, None] - self.means)
            density = logs.sum(-1) - 0.5 * (white * white).sum(-1)
            shares = torch.log_softmax(self.logits, 0)
            norm = 0.5 * math.log(2 * math.pi) * z.shape[1]
            return torch.logsumexp(shares + density, 1) - norm

    def moments(self) -> tuple[Floats, Floats, Floats]:
        """Weights (K,), means (K, D) and covariances (K, D, D)."""
        logits, means, factors = (
            part.detach().cpu().double().numpy() for part in (self.logits, self.means, self.factors)
        )
        shares = np.exp(logits - logits.max())
        diagonal = np.exp(np.diagonal(factors, axis1=1, axis2=2))
        widen = np.linalg.inv(np.tril(factors, -1) + diagonal[:, :, None] * np.eye(means.shape[1]))
        return shares / shares.sum(), means, widen @ widen.transpose(0, 2, 1)
