"""`train` without a preset: the images and the time choose, and what no longer helps ends it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from level_sets import level_array, level_set

from acncodec.errors import TrainingError
from acncodec.families.registry import find_preset
from acncodec.learning.source import LevelSource
from acncodec.training.checkpoint import load_checkpoint, save_checkpoint
from acncodec.training.chosen import weights_of
from acncodec.training.loop import Trainer
from acncodec.training.patience import PATIENCE, Patience
from acncodec.training.progress import Budget, Report
from acncodec.training.session import checkpoint_path, train_model


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


def test_a_run_that_goes_on_still_has_its_best_weights(tmp_path: Path) -> None:
    run, path = trainer(), tmp_path / "c.safetensors"
    good = {name: value.clone() for name, value in run.average.state_dict().items()}
    Patience(run)(report(-1e9))  # nothing later is as cheap
    for value in run.average.parameters():
        value.add_(0.3)
    run.save(path)
    later = trainer()
    later.restore(path)
    assert later.best is not None and later.best.cost == -1e9
    patience = Patience(later)
    patience(report(0.0))
    assert not patience.is_over
    patience.settle()
    assert all(torch.equal(value, good[name]) for name, value in later.average.state_dict().items())


def test_a_checkpoint_whose_best_cost_is_no_number_is_refused(tmp_path: Path) -> None:
    run, path = trainer(), tmp_path / "c.safetensors"
    Patience(run)(report(3.0))
    run.save(path)
    tensors, meta = load_checkpoint(path)
    for wrong in ("3", math.nan, True):
        save_checkpoint(path, tensors, meta | {"best": wrong})
        with pytest.raises(TrainingError, match="best cost is no number"):
            trainer().restore(path)
    save_checkpoint(path, tensors, {name: it for name, it in meta.items() if name != "best"})
    with pytest.raises(TrainingError, match=r"unknown tensor 'best\."):
        trainer().restore(path)


def test_a_finished_run_is_frozen_anew_with_the_same_weights(tmp_path: Path) -> None:
    data, output = tmp_path / "x.npz", tmp_path / "m.safetensors"
    np.savez(data, x=level_array("grey", 24, 1))
    # At such a rate the first validation is not the dearest.
    wild = ("train.checkpoint_steps=1", "train.learning_rate=0.5", "train.warmup_steps=0")
    models = [
        train_model(
            data, output, preset=None, minutes=0.02, settings=wild, device="cpu", resume=resume,
            force=resume,
        )
        for resume in (False, True)
    ]  # fmt: skip
    assert models[0].model_id == models[1].model_id
    assert models[0].card["validation"] == models[1].card["validation"]


def test_few_images_held_back_are_validated_with_and_too_few_are_told(tmp_path: Path) -> None:
    data, heard = tmp_path / "x.npz", []
    np.savez(data, x=level_array("grey", 12, 1))  # of which two are held back
    model = train_model(
        data, tmp_path / "m.safetensors", preset=None, steps=2, device="cpu", note=heard.append,
    )  # fmt: skip
    assert model.card["validation"]["reconstruction_nats"] > 0 and not heard
    model = train_model(
        data, tmp_path / "n.safetensors", preset="tiny-acn-resnet", steps=1, device="cpu",
        note=heard.append, settings=("train.neighbours=3",),
    )  # fmt: skip
    assert model.card["validation"] is None
    assert heard == ["x.npz: 2 images held back are too few to validate with"]


@pytest.mark.parametrize("steps", [20, 51])
def test_every_checkpoint_is_validated(steps: int) -> None:
    run, seen = trainer(), list[Report]()
    run.recipe = replace(run.recipe, checkpoint_steps=steps)
    run.run(Budget(2 * steps + 1), None, seen.append)
    validated = [one.step for one in seen if one.valid_reconstruction_nats is not None]
    assert validated == [steps, 2 * steps]


def test_training_leaves_torchs_threads_as_they_were(tmp_path: Path) -> None:
    data, before = tmp_path / "x.npz", torch.get_num_threads()
    np.savez(data, x=level_array("grey", 24, 1))
    torch.set_num_threads(2)
    try:
        train_model(data, tmp_path / "m.safetensors", preset=None, minutes=0.01, device="cpu")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_models_of_one_stem_keep_checkpoints_of_their_own() -> None:
    names = {checkpoint_path(Path(name)).name for name in ("m.v1", "m.v2", "m.safetensors")}
    assert names == {
        "m.v1.checkpoint.safetensors", "m.v2.checkpoint.safetensors", "m.checkpoint.safetensors"
    }  # fmt: skip


def test_patience_ends_when_nothing_was_the_best_for_long() -> None:
    patience = Patience(trainer())
    for cost in (9.0, None, 8.0, *[8.5] * (PATIENCE - 1), 7.0, *[7.0] * (PATIENCE - 1)):
        patience(report(cost))
        assert not patience.is_over
    patience(report(math.nextafter(7.0, 8.0)))
    assert patience.is_over
