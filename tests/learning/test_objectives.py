"""Objectives: each family's costs are what its model says, and use nothing that they must not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny import blobs, untrained

from acncodec.errors import TrainingError
from acncodec.families.registry import find_preset
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.objectives import AssociativeCost, Objective
from acncodec.learning.recipe import TINY_RECIPE, Recipe
from acncodec.learning.source import ImageSource, step_generator
from acncodec.parts.gated_pixelcnn.net import reconstruction_cost

SOURCE = ImageSource(blobs(40, 1)[:, 0])
ROWS = torch.arange(10, 26)
RECIPE = TINY_RECIPE
NAMES = ("tiny", "tiny-pixelcnn", "tiny-vae", "tiny-pixelvae")


def network(name: str) -> FloatNetworks:
    torch.manual_seed(0)
    return untrained(name)


def objective_of(name: str, net: FloatNetworks, recipe: Recipe = RECIPE) -> Objective:
    return find_preset(name)[0].objective(net, SOURCE, recipe)


@pytest.mark.parametrize("name", NAMES)
def test_costs_repeat_themselves_and_are_those_of_each_image(name: str) -> None:
    objective = objective_of(name, network(name))
    objective.refresh(step_generator(0, 0))
    x = SOURCE.draw(ROWS, step_generator(0, 0))
    first = objective.costs(x, ROWS, step_generator(0, 1))
    again = objective.costs(x, ROWS, step_generator(0, 1))
    for one, two in zip(first, again, strict=True):
        assert one.shape == (16,) and torch.equal(one, two)
    assert (first[1] > 0).all()


def test_a_model_without_a_latent_has_no_kl_and_no_use_for_chance() -> None:
    net = network("tiny-pixelcnn")
    x = SOURCE.draw(ROWS, step_generator(0, 0))
    kl, cost = objective_of("tiny-pixelcnn", net).costs(x, ROWS, step_generator(0, 1))
    assert (kl == 0).all()
    assert torch.equal(cost, reconstruction_cost(net.decoder(x, torch.zeros(16, 0)), x))
    assert net.slow_parameters() == []


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-pixelvae"])
def test_the_trained_prior_prices_the_latent(name: str) -> None:
    net = network(name)
    x = SOURCE.draw(ROWS, step_generator(0, 0))
    kl, _ = objective_of(name, net).costs(x, ROWS, step_generator(0, 1))
    z = net.encoder(x) + torch.randn(16, 4, generator=step_generator(0, 1))
    entropy = 4 * 0.5 * np.log(2 * np.pi * np.e)
    assert torch.allclose(kl, -entropy - net.prior.log_prob(z), atol=1e-5)
    kl.sum().backward()
    assert all(value.grad is not None for value in net.prior.parameters())
    slow = {id(value) for value in net.slow_parameters()}
    assert slow == {id(value) for value in net.encoder.parameters()}


def test_only_an_acn_keeps_a_table_and_needs_neighbours() -> None:
    for name in NAMES:
        net = network(name)
        objective = objective_of(name, net)
        assert list(objective.state()) == (["table"] if name == "tiny" else [])
        assert isinstance(objective, AssociativeCost) == (name == "tiny")
        if name == "tiny":
            with pytest.raises(TrainingError, match="neighbours"):
                objective_of(name, net, replace(RECIPE, neighbours=40))
        else:
            objective_of(name, net, replace(RECIPE, neighbours=40))


def test_neighbours_come_from_the_pool_and_are_never_the_image_itself() -> None:
    source = ImageSource(blobs(100, 1)[:, 0])
    net = network("tiny")
    cost = AssociativeCost(net, source, 2, pool=20)
    cost.table = torch.arange(100.0)[:, None].expand(-1, 4).contiguous()
    rows = torch.arange(100)
    choice = torch.zeros(100, dtype=torch.long)
    found = cost._neighbour_codes(rows, choice, step_generator(1, 2))[:, 0]
    picked = torch.tensor(sorted(set(found.tolist())))
    assert len(picked) <= 20 and (found != rows).all()
    for row in range(100):  # the nearest of the pool, itself apart
        others = picked[picked != row]
        assert (found[row] - row).abs() <= (others - row).abs().min()
