"""`train` without a preset: the images and the time choose, and what no longer helps ends it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from level_sets import level_array, level_set

from acncodec.families.registry import find_preset
from acncodec.learning.source import LevelSource
from acncodec.training.chosen import weights_of
from acncodec.training.loop import Trainer
from acncodec.training.patience import PATIENCE, Patience
from acncodec.training.progress import Report
from acncodec.training.session import train_model


def report(cost: float | None) -> Report:
    return Report(1, 1.0, 0.5, 0.0, 1.0, 1e-3, None if cost is None else 0.0, cost)


@pytest.mark.parametrize(("kind", "side"), [("grey", 12), ("rgb", 70), ("two", 9)])
def test_any_images_get_a_network_and_the_user_hears_why(
    kind: str, side: int, tmp_path: Path
) -> None:
    data, heard = tmp_path / "x.npz", []
    np.savez(data, x=level_array(kind, 24, 1, side, side))
    model = train_model(
        data, tmp_path / "m.safetensors", preset=None, steps=3, device="cpu",
        explain=heard.append,
    )  # fmt: skip
    levels = 2 if kind == "two" else 256
    assert model.accepts.takes((3 if kind == "rgb" else 1, side, side), levels)
    assert f"{weights_of(model.family, model.config):,} weights" in heard[0]
    assert heard[0].startswith("x.npz: ") and len(heard) == 5
    assert "of 4 images held back, others take xz" in heard[4]
    assert model.card["steps"] == 3 and model.card["training_data"]["images"] == 20


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    data, ids = tmp_path / "x.npz", []
    np.savez(data, x=level_array("grey", 24, 1))
    for name, stops in {"whole": (5,), "broken": (5, 5)}.items():
        for resume in range(len(stops)):
            model = train_model(
                data, tmp_path / f"{name}.safetensors", preset=None, steps=stops[resume],
                resume=resume > 0, force=resume > 0, device="cpu",
            )  # fmt: skip
        ids.append(model.model_id)
    assert ids[0] == ids[1]


def trainer() -> Trainer:
    family, preset = find_preset("tiny-resnet")
    images = level_set("grey", 30, 1, 8, 8).pixels
    train, valid = LevelSource(images[:20], 256), LevelSource(images[20:30], 256)
    config = preset.config.for_images(train.shape)
    return Trainer(family, config, preset.recipe, train, valid, 1)


def test_the_cheapest_of_the_weights_are_kept() -> None:
    run = trainer()
    costs = run.validate()
    assert costs is not None
    cost = costs.kl + costs.cost
    good = {name: value.clone() for name, value in run.average.state_dict().items()}
    patience = Patience(run)
    patience(report(cost))
    for value in run.average.parameters():
        value.add_(0.3)
    patience(report(cost + 1))
    patience.settle()  # what it ended with is dearer
    assert all(torch.equal(value, good[name]) for name, value in run.average.state_dict().items())
    later = Patience(run)
    later(report(cost + 5))
    later.settle()  # what it ended with is cheaper than all before
    assert all(torch.equal(value, good[name]) for name, value in run.average.state_dict().items())


def test_patience_ends_when_nothing_was_the_best_for_long() -> None:
    patience = Patience(trainer())
    for cost in (9.0, None, 8.0, *[8.5] * (PATIENCE - 1), 7.0, *[7.0] * (PATIENCE - 1)):
        patience(report(cost))
        assert not patience.is_over
    patience(report(math.nextafter(7.0, 8.0)))
    assert patience.is_over
