"""`bench/leave_one_out.py`: what is left out is not trained on, and no net saw what it prices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import leave_one_out
import numpy as np
import pytest
import torch
from any_size_images import ImageSet
from any_size_recipe import DataConfig, Recipe, TrainConfig
from leave_one_out import RECIPE, compared, row, trained, without

from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.parts.causal_resnet.shape import CausalResNetConfig

HEAD = LogisticMixture(1, components=2)
NET = CausalResNetConfig(1, HEAD.outputs, width=6, blocks=1, hidden=8)
DATA = (
    DataConfig("a.npy", 0.5, 2),
    DataConfig("b.npy", 0.25, 2),
    DataConfig("c.npy", 0.25, 3, levels=2),
)


@pytest.fixture
def recipe() -> Recipe:
    return Recipe(NET, HEAD, TrainConfig(steps=3, batch=8, warm_up=1, validate_images=2), DATA)


@pytest.fixture
def sets(tmp_path: Path) -> list[ImageSet]:
    rng = np.random.default_rng(0)
    for config in DATA:
        np.save(tmp_path / config.file, rng.integers(0, config.levels, (9, 5, 6), np.uint8))
    return [ImageSet.load(tmp_path, config) for config in DATA]


def test_the_others_take_the_place_of_what_is_left_out(recipe: Recipe) -> None:
    left = without(recipe, "a.npy")
    assert [(one.file, one.share) for one in left.data] == [("b.npy", 0.5), ("c.npy", 0.5)]
    assert left.train == recipe.train and without(recipe, None) is recipe
    for file in ("a.npy", "d.npy"):
        with pytest.raises(SystemExit, match=file):
            without(replace(recipe, data=DATA[:1]), file)


def test_what_is_left_out_makes_no_difference(recipe: Recipe, sets: list[ImageSet]) -> None:
    one = trained(without(recipe, "b.npy"), sets)
    sets[1].train.fill_(7)
    other = trained(without(recipe, "b.npy"), sets)
    sets[0].train.fill_(7)
    third = trained(without(recipe, "b.npy"), sets)
    mine, same, changed = (run.net.state_dict().values() for run in (one, other, third))
    assert all(map(torch.equal, mine, same)) and not all(map(torch.equal, same, changed))


def test_each_net_prices_every_set(recipe: Recipe, sets: list[ImageSet]) -> None:
    for left_out in (None, "c.npy"):
        found = row(recipe, sets, left_out)
        assert found["left_out"] == left_out
        assert found["bits_per_dim"].keys() == {"a.npy", "b.npy", "c.npy"}
        assert all(bits > 0 for bits in found["bits_per_dim"].values())


def test_costs_are_against_the_net_that_saw_all() -> None:
    rows = [
        {"left_out": None, "bits_per_dim": {"a": 2.0, "b": 4.0, "c": 1.0}},
        {"left_out": "a", "bits_per_dim": {"a": 3.0, "b": 3.0, "c": 1.0}},
    ]
    assert compared(rows) == {
        "a": {"seen": 2.0, "unseen": 3.0, "cost_percent": 50.0, "gain_of_others_percent": 12.5}
    }


def test_the_recipe_has_the_sets_that_are_left_out() -> None:
    recipe = Recipe.load(RECIPE, [])
    assert set(leave_one_out.WITHOUT) < {one.file for one in recipe.data}
    assert sum(one.share for one in recipe.data) == 1
