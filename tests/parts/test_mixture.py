"""The trained mixture is a density, with the moments it says it has."""

from __future__ import annotations

import numpy as np
import torch

from acncodec.parts.mixture.net import MixturePrior


def mixture(dim: int, components: int) -> MixturePrior:
    torch.manual_seed(3)
    prior = MixturePrior(components, dim)
    with torch.no_grad():
        prior.logits.normal_()
        prior.factors.add_(0.3 * torch.randn(prior.factors.shape))
    return prior


def test_log_prob_is_that_of_its_moments() -> None:
    prior = mixture(3, 4)
    weights, means, covariances = prior.moments()
    assert abs(weights.sum() - 1) < 1e-12
    z = 3 * np.random.default_rng(0).standard_normal((50, 3))
    total = np.zeros(50)
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        away = z - mean
        distance = np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away)
        norm = np.sqrt(np.linalg.det(2 * np.pi * covariance))
        total += weight * np.exp(-0.5 * distance) / norm
    got = prior.log_prob(torch.from_numpy(z)).detach().numpy()
    assert np.allclose(got, np.log(total), atol=1e-4)


def test_log_prob_integrates_to_one() -> None:
    prior = mixture(1, 3)
    z = torch.linspace(-60, 60, 20_001)[:, None]
    assert abs(float(prior.log_prob(z).detach().exp().sum()) * 120 / 20_000 - 1) < 1e-3


def test_one_component_starts_as_a_centred_round_gaussian() -> None:
    prior = MixturePrior(1, 5)
    weights, means, covariances = prior.moments()
    assert weights.tolist() == [1.0] and not means.any()
    assert np.allclose(covariances[0], 9 * np.eye(5), atol=1e-5)
