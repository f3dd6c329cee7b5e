"""Tuning: the prior network learns the tours it will price, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from acncodec.families.acn import ACNConfig
from acncodec.learning.recipe import TINY_RECIPE
from acncodec.learning.tuning import tour_kl, tour_pairs, tune_prior
from acncodec.parts.prior_network.net import PriorNetwork

RECIPE = replace(TINY_RECIPE, tune_steps=60, tune_batch=64, pool=80)


def clusters(seed: int, count: int = 200) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = np.array([[4.0, 0.0], [-4.0, 3.0], [0.0, -5.0]], np.float32)
    spread = rng.standard_normal((count, 2)).astype(np.float32)
    return centres[rng.integers(3, size=count)] + 0.3 * spread


def network() -> PriorNetwork:
    torch.manual_seed(0)
    return PriorNetwork(ACNConfig(latent_dim=2, prior_hidden=16, prior_components=2))


def test_pairs_follow_the_tour() -> None:
    codes = np.array([[0.0], [10.0], [1.0], [9.0]], np.float32)
    before, after = tour_pairs(codes)
    assert before[:, 0].tolist() == [0.0, 1.0, 9.0]
    assert after[:, 0].tolist() == [1.0, 9.0, 10.0]


def test_tuning_lowers_the_cost_of_unseen_tours() -> None:
    prior, unseen = network(), clusters(9)
    tuned = tune_prior(prior, [clusters(1), clusters(2)], RECIPE, seed=3)
    assert tour_kl(tuned, unseen, 0) < tour_kl(prior, unseen, 0) - 0.1


def test_tuning_repeats_itself_and_leaves_the_given_network_alone() -> None:
    prior = network()
    before = {name: value.clone() for name, value in prior.state_dict().items()}
    tuned = [tune_prior(prior, [clusters(1)], RECIPE, seed=3).state_dict() for _ in range(2)]
    for name, value in prior.state_dict().items():
        assert torch.equal(value, before[name])
        assert torch.equal(tuned[0][name], tuned[1][name])
        assert not torch.equal(tuned[0][name], before[name])


def test_no_steps_no_change() -> None:
    prior = network()
    tuned = tune_prior(prior, [clusters(1)], replace(RECIPE, tune_steps=0), seed=3)
    assert all(map(torch.equal, prior.state_dict().values(), tuned.state_dict().values()))
