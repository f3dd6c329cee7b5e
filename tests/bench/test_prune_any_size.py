"""Dead blocks at the end are taken out, and no price changes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import prune_any_size
import pytest
import torch
from any_size_images import ImageSet
from any_size_recipe import DataConfig, Recipe, TrainConfig
from any_size_run import Run, export

from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.parts.causal_resnet.net import CausalResNet
from acncodec.parts.causal_resnet.shape import CausalResNetConfig

HEAD = LogisticMixture(3, components=2)
NET = CausalResNetConfig(3, HEAD.outputs, width=8, blocks=3, hidden=12)
DATA = DataConfig("a.npy", 1.0, 2)


def recipe(blocks: int) -> Recipe:
    net = CausalResNetConfig(3, HEAD.outputs, width=8, blocks=blocks, hidden=12)
    return Recipe(net, HEAD, TrainConfig(steps=9, batch=4), (DATA,))


@pytest.fixture
def data(tmp_path: Path) -> ImageSet:
    rng = np.random.default_rng(0)
    np.save(tmp_path / DATA.file, rng.integers(0, 256, (11, 5, 6, 3), np.uint8))
    return ImageSet.load(tmp_path, DATA)


def prune(monkeypatch: pytest.MonkeyPatch, *words: object) -> None:
    monkeypatch.setattr(sys, "argv", ["prune_any_size.py", *map(str, words)])
    prune_any_size.main()


def kill(net: CausalResNet, number: int) -> None:
    """No hidden feature of the block is ever more than 0, and it adds something."""
    with torch.no_grad():
        net.blocks[number].widen.bias.fill_(-1e4)
        net.blocks[number].narrow.bias.normal_()


@pytest.mark.parametrize("exported", [False, True])
def test_a_network_without_its_dead_blocks_is_the_same_function(
    data: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exported: bool
) -> None:
    whole = Run(recipe(3), "cpu", False)
    whole.train_step([data])
    for net in (whole.net, whole.average):
        for number in (1, 2):
            kill(net, number)
    if exported:
        export(whole, tmp_path / "whole.safetensors", {})
    else:
        whole.save(tmp_path / "whole.safetensors")
    target = tmp_path / "pruned.safetensors"
    prune(monkeypatch, tmp_path / "whole.safetensors", target, "--data", tmp_path)
    left = Run(recipe(1), "cpu", False)
    tensors, prefix = prune_any_size.read(target)[1], "" if exported else "average."
    left.average.load_state_dict({name.removeprefix(prefix): v for name, v in tensors.items()
                                  if name.startswith(prefix)})  # fmt: skip
    before, after = (run.costs(run.average, data.valid, 256) for run in (whole, left))
    torch.testing.assert_close(before, after)


def test_a_block_that_does_something_stays(
    data: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Run(recipe(3), "cpu", False)
    whole.train_step([data])
    whole.save(tmp_path / "whole.safetensors")
    with pytest.raises(SystemExit, match="does something"):
        prune(monkeypatch, tmp_path / "whole.safetensors", tmp_path / "b", "--data", tmp_path)
    assert not (tmp_path / "b").exists()
