"""The prior network's mixtures are densities, with skips where the paper has them."""

from __future__ import annotations

import math
from typing import Any

import torch

from acncodec.arithmetic.tables import MIN_SCALE
from acncodec.families.registry import presets
from acncodec.parts.prior_network.net import Mixture, PriorNetwork, conditional_kl


def config_of(name: str) -> Any:
    return presets()[name][1].config


def test_shapes_and_ranges() -> None:
    config = config_of("mnist-paper")
    mixture = PriorNetwork(config)(torch.randn(5, 16))
    assert mixture.means.shape == (5, 16, 8)
    assert torch.allclose(mixture.log_weights.exp().sum(-1), torch.ones(5, 16), atol=1e-5)
    assert (mixture.scales > MIN_SCALE).all()


def test_skips_from_input_to_hidden_and_from_hidden_to_output() -> None:
    net = PriorNetwork(config_of("mnist-paper"))
    assert [layer.weight.shape for layer in net.hidden] == [(512, 16), (512, 528), (512, 528)]
    assert net.out.weight.shape == (3 * 16 * 8, 3 * 512)


def test_log_prob_integrates_to_one() -> None:
    torch.manual_seed(0)
    mixture = PriorNetwork(config_of("tiny"))(torch.randn(1, 4))
    one = Mixture(*(part[:, :1] for part in mixture))
    z = torch.linspace(-60, 60, 20_001)[:, None]
    total = one.log_prob(z).detach().exp().sum() * 120 / 20_000
    assert abs(float(total) - 1) < 1e-3


def test_kl_of_the_posterior_itself_is_zero_on_average() -> None:
    code = torch.randn(1, 4)
    shape = (1, 4, 1)
    mixture = Mixture(torch.zeros(shape), code[..., None], torch.ones(shape))
    kl = conditional_kl(mixture, code + torch.randn(200_000, 4)).mean()
    assert abs(float(kl)) < 5 * math.sqrt(2 / 200_000)
