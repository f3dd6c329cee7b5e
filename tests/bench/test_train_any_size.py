"""Training the any-size decoder: a run goes on where it stopped, and a network grows unchanged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from any_size_growth import grow_from
from any_size_images import ImageSet
from any_size_recipe import DataConfig, Recipe, TrainConfig, rate_factor
from any_size_run import Run

from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.parts.causal_resnet.shape import CausalResNetConfig

HEAD = LogisticMixture(3, components=2)
NET = CausalResNetConfig(3, HEAD.outputs, width=8, blocks=2, hidden=12)
DATA = (DataConfig("a.npy", 0.75, 2, flips=True), DataConfig("b.npy", 0.25, 2))


@pytest.fixture(params=["adamw", "muon"])
def recipe(request: pytest.FixtureRequest) -> Recipe:
    train = TrainConfig(steps=20, batch=6, warm_up=2, optimiser=request.param)
    return Recipe(NET, HEAD, train, DATA)


@pytest.fixture
def sets(tmp_path: Path) -> list[ImageSet]:
    rng = np.random.default_rng(0)
    for config in DATA:
        np.save(tmp_path / config.file, rng.integers(0, 256, (11, 5, 6, 3), np.uint8))
    return [ImageSet.load(tmp_path, config) for config in DATA]


def steps(run: Run, sets: list[ImageSet], count: int) -> Run:
    for _ in range(count):
        run.train_step(sets)
    return run


def test_a_run_that_was_stopped_ends_where_one_that_was_not_ends(
    recipe: Recipe, sets: list[ImageSet], tmp_path: Path
) -> None:
    whole = steps(Run(recipe, "cpu", False), sets, 6)
    steps(Run(recipe, "cpu", False), sets, 3).save(tmp_path / "checkpoint.safetensors")
    second = Run(recipe, "cpu", False)
    second.restore(tmp_path / "checkpoint.safetensors")
    assert second.step == 3
    steps(second, sets, 3)
    for ours, theirs in ((second.net, whole.net), (second.average, whole.average)):
        for name, value in theirs.state_dict().items():
            assert torch.equal(ours.state_dict()[name], value), name


def test_a_checkpoint_of_another_network_is_refused(
    recipe: Recipe, sets: list[ImageSet], tmp_path: Path
) -> None:
    steps(Run(recipe, "cpu", False), sets, 1).save(tmp_path / "checkpoint.safetensors")
    other = Run(replace(recipe, net=replace(NET, blocks=3)), "cpu", False)
    with pytest.raises(SystemExit, match="another net"):
        other.restore(tmp_path / "checkpoint.safetensors")


def test_a_network_that_has_grown_is_at_first_the_same_function(
    recipe: Recipe, sets: list[ImageSet], tmp_path: Path
) -> None:
    small = steps(Run(recipe, "cpu", False), sets, 3)
    small.save(tmp_path / "checkpoint.safetensors")
    large = Run(replace(recipe, net=replace(NET, width=16, blocks=4, hidden=20)), "cpu", False)
    grow_from(large, tmp_path / "checkpoint.safetensors")
    images = sets[0].valid
    before, after = small.costs(small.average, images, 256), large.costs(large.net, images, 256)
    torch.testing.assert_close(before, after, rtol=1e-4, atol=1e-3)
    old = {name: value.clone() for name, value in large.net.named_parameters()}
    steps(large, sets, 3)
    moved = [n for n, v in large.net.named_parameters() if not torch.equal(v, old[n])]
    assert len(moved) == len(old)


def test_the_images_of_a_set_are_drawn_by_share_and_once_an_epoch(
    recipe: Recipe, sets: list[ImageSet]
) -> None:
    plain = ImageSet(replace(DATA[0], flips=False), sets[0].train, sets[0].valid)
    batches = [plain.batch(1, step, 6) for step in range(4)]
    assert [len(images) for images in batches] == [4, 5, 4, 5]
    seen = torch.cat(batches)[:9].flatten(1)
    assert len(torch.unique(seen, dim=0)) == len(plain.train) == 9


def test_images_held_back_are_never_trained_on(sets: list[ImageSet]) -> None:
    for data in sets:
        assert len(data.valid) == 2 and len(data.train) == 9
        both = torch.cat([data.train, data.valid]).flatten(1)
        assert len(torch.unique(both, dim=0)) == 11


def test_the_rate_rises_stays_and_falls_to_a_hundredth() -> None:
    config = TrainConfig(steps=1000, warm_up=10)
    assert rate_factor(config, 0) == 0.1
    assert rate_factor(config, 10) == rate_factor(config, 400) == 1.0
    assert rate_factor(config, 700) == pytest.approx(0.505)
    assert rate_factor(config, 1000) == pytest.approx(0.01)
