"""Rounding while training: steps that frozen integers share, gradients that see rounded weights."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from level_sets import level_set

from acncodec.errors import TrainingError
from acncodec.families import causal_resnet
from acncodec.families.causal_resnet import FAMILY, ResNetConfig
from acncodec.learning.fitting import Fitted
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.rounding import (
    LARGEST_INTEGER,
    Rounding,
    choose_steps,
    restored,
    squared_gradients,
)
from acncodec.models.build import freeze_model
from acncodec.models.coded import code_model

CONFIG = ResNetConfig(1, width=6, blocks=2, hidden=8, first_reach=2, columns=3, components=2)


def network(seed: int = 1) -> FloatNetworks:
    torch.manual_seed(seed)
    return causal_resnet.build(CONFIG)


def curvature(net: FloatNetworks, value: float) -> dict[str, torch.Tensor]:
    return {name: torch.full_like(weight, value) for name, weight in net.named_parameters()}


def test_a_step_is_where_a_little_more_of_either_would_cost_what_it_saves() -> None:
    net = network()
    steps = choose_steps(net, curvature(net, 1200.0), 1.0).steps
    wanted = math.sqrt(12 / 1200)
    matrix = float(steps["decoder.blocks.0.window.weight"][0, 0])
    assert abs(matrix / wanted - 1) <= 1 / 32
    coarse = choose_steps(net, curvature(net, 1200.0), 3.0).steps["decoder.first.weight"]
    assert abs(float(coarse[0, 0]) / wanted / 3 - 1) <= 1 / 32


def test_rows_that_are_frozen_apart_have_steps_of_their_own() -> None:
    net, name = network(), "decoder.head.weight"
    bends = curvature(net, 1000.0)
    first = net.row_groups[name][0]
    bends[name][:first] = 10.0
    steps = choose_steps(net, bends, 1.0).steps[name].squeeze(1)
    assert len(set(steps.tolist())) == 2 and steps[0] > 5 * steps[-1]
    assert (steps[:first] == steps[0]).all() and (steps[first:] == steps[-1]).all()


def test_weights_are_few_multiples_however_sharp_the_cost_is() -> None:
    net = network()
    rounding = choose_steps(net, curvature(net, 1e30), 1.0)
    for name, value in net.named_parameters():
        assert float((value.detach() / rounding.steps[name]).abs().max()) <= 2 * LARGEST_INTEGER


def test_rounded_weights_are_there_within_and_gone_after() -> None:
    net = network()
    rounding = choose_steps(net, curvature(net, 300.0), 1.0)
    before = {name: value.clone() for name, value in net.named_parameters()}
    with rounding.rounded(net):
        for name, value in net.named_parameters():
            quotients = value / rounding.steps[name]
            assert torch.equal(quotients, quotients.round())
            assert not torch.equal(value, before[name]) or name.endswith("bias")
    assert all(torch.equal(value, before[name]) for name, value in net.named_parameters())


def test_frozen_integers_are_multiples_of_the_steps_and_so_cost_few_bits() -> None:
    data = level_set("grey", 20, 1)
    images = torch.from_numpy(data.pixels.astype(np.float32))
    net = network()
    plain = freeze_model(FAMILY, net, Fitted(levels=256), images, "plain", {})
    choose_steps(net, curvature(net, 300.0), 1.0).round(net)
    rounded = freeze_model(FAMILY, net, Fitted(levels=256), images, "rounded", {})
    for name, tensor in rounded.tensors().items():
        if name.endswith(".weight"):
            step = np.gcd.reduce(np.abs(tensor.astype(np.int64)).ravel())
            assert step > 1 and np.abs(tensor).max() / step < 300, name
    assert len(code_model(rounded)) < 0.6 * len(code_model(plain))


def test_the_rate_draws_weights_to_zero_and_leaves_biases_alone() -> None:
    net = network()
    rounding = choose_steps(net, curvature(net, 300.0), 1.0)
    for value in net.parameters():
        value.grad = torch.zeros_like(value)
    rounding.add_rate(net, 0.5)
    for _, value in net.named_parameters():
        assert value.grad is not None
        if value.ndim == 1:
            assert not value.grad.any()
        else:
            assert (value.grad * value >= 0).all() and value.grad.any()


def test_a_batch_tells_of_the_square_of_one_images_gradient() -> None:
    layer = torch.nn.Linear(1, 1, bias=False)
    torch.manual_seed(1)
    noise, sums = torch.randn(400, 16), {}
    for batch in noise:
        layer.zero_grad()
        torch.autograd.backward((batch[:, None] * layer.weight).mean())
        squared_gradients(layer, sums, 16)
    assert abs(float(sums["weight"]) / 400 - 1) < 0.15


def test_steps_go_through_a_checkpoint_and_bad_ones_are_refused() -> None:
    net = network()
    rounding = choose_steps(net, curvature(net, 300.0), 1.0)
    back = restored(net, rounding.tensors())
    assert all(torch.equal(back.steps[name], step) for name, step in rounding.steps.items())
    name = "decoder.first.weight"
    for bad in (torch.zeros_like(rounding.steps[name]), torch.ones(3)):
        with pytest.raises(TrainingError, match=r"decoder\.first\.weight"):
            restored(net, Rounding(rounding.steps | {name: bad}).tensors())
