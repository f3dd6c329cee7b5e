"""Training: learns, resumes bit for bit, never lets an image be its own neighbour."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny import blobs

from acncodec.errors import DataError, OutputError, TrainingError
from acncodec.families.registry import find_preset, presets
from acncodec.learning import fitting
from acncodec.learning.neighbours import nearest
from acncodec.learning.recipe import Recipe
from acncodec.learning.source import ImageSource, batch_rows, step_generator
from acncodec.learning.unconditional import GaussianMixtureFit
from acncodec.models.build import float_networks
from acncodec.models.frozen import FrozenModel
from acncodec.training import loop
from acncodec.training.checkpoint import (
    kept_path,
    kept_paths,
    load_checkpoint,
    save_checkpoint,
)
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget, Report
from acncodec.training.session import checkpoint_path, train_model

TINY = ("tiny", "tiny-pixelcnn", "tiny-vae", "tiny-pixelvae")


def trainer(seed: int = 0, checkpoint_steps: int = 6, name: str = "tiny") -> Trainer:
    family, chosen = find_preset(name)
    recipe = replace(
        chosen.recipe, refresh_steps=4, checkpoint_steps=checkpoint_steps, batch=16,
        kl_ramp_steps=10, warmup_steps=5,
    )  # fmt: skip
    images = blobs(100, 1)[:, 0]
    source, valid = ImageSource(images), ImageSource(images[:30])
    return Trainer(family, chosen.config.sized(8, 8), recipe, source, valid, seed)


def weights(run: Trainer) -> dict[str, torch.Tensor]:
    state = {f"net.{k}": v for k, v in run.net.state_dict().items()}
    return state | {f"average.{k}": v for k, v in run.average.state_dict().items()}


@pytest.mark.parametrize("wanted", [False, True])
@pytest.mark.parametrize("had", [False, True])
def test_bfloat16_is_used_where_the_recipe_says_so_and_the_processor_has_it(
    wanted: bool, had: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "has_bfloat16", lambda device: had and device.type == "cpu")
    run = trainer()
    run.recipe = replace(run.recipe, bfloat16=wanted)
    with run._autocast():
        assert torch.is_autocast_enabled("cpu") == (wanted and had)


@pytest.mark.parametrize(
    ("found", "worth"),
    [
        ({"cpu_name": "Intel Xeon", "avx512_bf16": True}, False),
        ({"cpu_name": "Intel Xeon", "avx512_bf16": True, "amx_bf16": True}, True),
        ({"cpu_name": "AMD EPYC", "avx512_bf16": True}, True),
        ({"architecture": "aarch64", "bf16": True}, True),
    ],
)
def test_bfloat16_is_worth_it_by_processors_that_are_fast_with_it(
    found: dict[str, object], worth: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu = torch.device("cpu")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)
    assert loop.has_bfloat16(cpu) == worth
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    assert not loop.has_bfloat16(cpu)


def test_whether_there_is_bfloat16_is_asked_once_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[torch.device] = []
    monkeypatch.setattr(loop, "has_bfloat16", lambda device: asked.append(device) is not None)
    run = trainer()
    run.recipe = replace(run.recipe, bfloat16=True)
    run.run(Budget(3), None, lambda report: None)
    assert len(asked) == 1


@pytest.mark.parametrize("name", TINY)
def test_a_run_resumed_from_any_checkpoint_ends_where_an_unbroken_one_does(
    tmp_path: Path, name: str
) -> None:
    whole = trainer(name=name)
    whole.run(Budget(15), None, lambda report: None)
    for broken_at in (6, 9):
        path = tmp_path / "checkpoint.safetensors"
        first = trainer(name=name)
        first.run(Budget(broken_at), path, lambda report: None)
        # The schedule depends on the budget, so the first part runs under the whole one.
        second = trainer(name=name)
        second.restore(path)
        assert second.step == broken_at
    path.unlink()
    stopped = trainer(name=name)

    def stop(report: Report) -> None:
        if report.step == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped.run(Budget(15), path, stop, report_steps=1)
    resumed = trainer(name=name)
    resumed.restore(path)
    assert resumed.step == 6
    resumed.run(Budget(15), path, lambda report: None)
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(resumed)[name]), name


def test_a_run_goes_on_from_any_checkpoint_that_it_kept(tmp_path: Path) -> None:
    path = tmp_path / "m.checkpoint.safetensors"
    whole = trainer()
    whole.run(Budget(15), path, lambda report: None, keep_steps=4)
    kept = [kept_path(path, step) for step in (4, 8, 12)]
    assert sorted(tmp_path.iterdir()) == [*kept, path]
    for step, file in zip((4, 8, 12), kept, strict=True):
        resumed = trainer()
        resumed.restore(file)
        assert resumed.step == step
        file.unlink()  # one that was lost is kept again
        resumed.run(Budget(15), path, lambda report: None, keep_steps=4)
        assert sorted(tmp_path.iterdir()) == [*kept, path]
        for name, value in weights(whole).items():
            assert torch.equal(value, weights(resumed)[name]), name


@pytest.mark.parametrize("name", TINY)
def test_training_lowers_the_cost(name: str) -> None:
    run, reports = trainer(name=name), []
    run.run(Budget(120), None, reports.append, report_steps=20)
    total = [report.kl_nats + report.reconstruction_nats for report in reports]
    assert total[-1] < 0.9 * total[0]
    assert reports[-1].progress == 1.0


def test_the_steps_that_are_left_at_the_end_are_told_of_too() -> None:
    for steps, told in ((7, [3, 6, 7]), (6, [3, 6]), (2, [2])):
        reports: list[Report] = []
        trainer().run(Budget(steps), None, reports.append, report_steps=3)
        assert [report.step for report in reports] == told
    one: list[Report] = []
    trainer().run(Budget(7), None, one.append, report_steps=7)
    assert one[0].reconstruction_nats != reports[-1].reconstruction_nats


def test_a_checkpoint_is_written_every_so_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, saved = tmp_path / "m.checkpoint.safetensors", []
    run = trainer()
    monkeypatch.setattr(run, "save", lambda _path: saved.append(run.step))
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", -1.0)
    run.run(Budget(4), path, lambda report: None)
    assert saved == [0, 1, 2, 3, 4]
    run, saved[:] = trainer(), []
    monkeypatch.setattr(run, "save", lambda _path: saved.append(run.step))
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 3600.0)
    run.run(Budget(8), path, lambda report: None)
    assert saved == [6, 8]


def test_checkpoints_are_safetensors_and_refuse_what_is_not(tmp_path: Path) -> None:
    run, path = trainer(), tmp_path / "checkpoint.safetensors"
    run.run(Budget(2), path, lambda report: None)
    tensors, meta = load_checkpoint(path)
    assert meta["step"] == 2 and "table" in tensors
    path.write_bytes(b"\x80\x04nonsense")
    with pytest.raises(TrainingError):
        trainer().restore(path)
    run.save(path)
    with pytest.raises(TrainingError, match="seed"):
        trainer(seed=5).restore(path)


def test_a_checkpoint_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.safetensors"
    trainer(name="tiny-pixelvae").save(path)
    with pytest.raises(TrainingError, match="kind"):
        trainer(name="tiny").restore(path)


def test_a_checkpoint_from_before_there_were_kinds_is_one_of_an_acn(tmp_path: Path) -> None:
    run, path = trainer(), tmp_path / "checkpoint.safetensors"
    run.run(Budget(2), path, lambda report: None)
    tensors, meta = load_checkpoint(path)
    del meta["kind"]
    save_checkpoint(path, tensors, meta)
    old = trainer()
    old.restore(path)
    assert old.step == 2
    with pytest.raises(TrainingError, match="kind"):
        trainer(name="tiny-vae").restore(path)


def test_an_image_is_never_its_own_neighbour() -> None:
    table = np.random.default_rng(0).normal(size=(200, 4)).astype(np.float32)
    table[50:60] = table[50]  # ties with the own entry
    rows = np.arange(200)
    found = nearest(table, rows, table, 5)
    assert (found != rows[:, None]).all()
    distance = ((table[:, None] - table[None]) ** 2).sum(-1)
    np.fill_diagonal(distance, np.inf)
    expected = np.sort(distance, 1)[:, :5]
    got = np.sort(np.take_along_axis(distance, found, 1), 1)
    assert np.allclose(got, expected, atol=1e-4)


def test_grey_images_are_drawn_anew_and_binary_ones_kept() -> None:
    grey = ImageSource(np.full((4, 3, 3), 128, np.uint8) + np.eye(3, dtype=np.uint8) * 127)
    rows = torch.arange(4)
    one, two = (grey.draw(rows, step_generator(0, step)) for step in (1, 2))
    assert not torch.equal(one, two) and set(one.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(one, grey.draw(rows, step_generator(0, 1)))
    binary = ImageSource(blobs(4, 1)[:, 0])
    assert torch.equal(binary.draw(rows, step_generator(0, 1)), binary.probability)
    with pytest.raises(TrainingError):
        ImageSource(np.full((2, 3, 3), 7, np.uint8))


def test_an_epoch_visits_every_image_once() -> None:
    rows = torch.cat([batch_rows(40, 8, 0, step) for step in range(5)])
    assert sorted(rows.tolist()) == list(range(40))
    assert not torch.equal(rows, torch.cat([batch_rows(40, 8, 0, step) for step in range(5, 10)]))


def test_presets_follow_the_paper_where_they_say_so() -> None:
    paper = presets()["mnist-paper"][1]
    assert (paper.config.decoder_blocks, paper.config.decoder_filters) == (10, 64)
    assert paper.config.vertical_kernel == (3, 5) and paper.config.latent_dim == 16
    recipe = paper.recipe
    assert (recipe.optimizer, recipe.learning_rate, recipe.momentum) == ("rmsprop", 1e-5, 0.9)
    assert (recipe.batch, recipe.polyak, recipe.neighbours) == (64, 0.9999, 5)
    assert len(paper.config.encoder_channels) == 5
    colour = presets()["rgb-paper"][1]
    assert (colour.config.blocks, colour.config.width, colour.config.columns) == (15, 128, 5)
    assert (colour.config.latent_dim, colour.config.prior_components) == (128, 16)
    assert colour.recipe == recipe
    assert all(colour.config.accepts.takes((3, 32, 32), levels) for levels in (2, 256))


def test_rates_warm_up_and_fall() -> None:
    recipe = Recipe(warmup_steps=10, decay_from=0.5, floor=0.1, kl_start=0.1, kl_ramp_steps=10)
    assert recipe.rate_factor(0, 0.0) == pytest.approx(0.1)
    assert recipe.rate_factor(100, 0.4) == 1.0
    assert recipe.rate_factor(100, 1.0) == pytest.approx(0.1)
    assert recipe.kl_weight(0, 0.0) == pytest.approx(0.1) and recipe.kl_weight(50, 0.1) == 1.0
    assert Recipe(kl_ramp_steps=0).kl_weight(0, 0.0) == 1.0


def test_the_weight_of_the_kl_is_whole_before_a_short_run_ends() -> None:
    recipe = Recipe(kl_start=0.1, kl_ramp_steps=1000)
    assert recipe.kl_weight(100, 0.05) == pytest.approx(0.1 + 0.9 * 0.1)
    assert recipe.kl_weight(100, 0.4) == pytest.approx(0.1 + 0.9 * 0.5)
    assert recipe.kl_weight(100, 0.8) == recipe.kl_weight(100, 1.0) == 1.0


def train_file(folder: Path) -> Path:
    path = folder / "train.npz"
    np.savez(path, x=blobs(120, 2)[:, 0])
    return path


def test_a_session_writes_a_model_a_log_and_a_checkpoint(tmp_path: Path) -> None:
    data, output = train_file(tmp_path), tmp_path / "model.safetensors"
    model = train_model(data, output, preset="tiny", steps=60, seed=3, log=tmp_path / "log")
    loaded = FrozenModel.load(output)
    assert loaded.model_id == model.model_id and loaded.name == "model"
    assert loaded.config.image_shape == (1, 8, 8)
    assert loaded.card["steps"] == 60 and loaded.card["training_data"]["images"] == 100
    lines = (tmp_path / "log" / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [50, 60]
    assert checkpoint_path(output).exists()
    with pytest.raises(OutputError):
        train_model(data, output, preset="tiny", steps=60)
    again = train_model(data, output, preset="tiny", steps=60, seed=3, resume=True, force=True)
    assert again.model_id == model.model_id


@pytest.mark.parametrize("name", TINY[1:])
def test_a_baseline_is_trained_and_frozen_and_frozen_again(tmp_path: Path, name: str) -> None:
    data, output = train_file(tmp_path), tmp_path / "model.safetensors"
    model = train_model(data, output, preset=name, steps=40, seed=3)
    assert FrozenModel.load(output).model_id == model.model_id
    assert model.profile == f"int15-{name.removeprefix('tiny-')}"
    card = model.card
    assert card["preset"] == name and card["validation"]["reconstruction_nats"] > 0
    if name == "tiny-pixelcnn":
        assert "unconditional_components" not in card and len(card["validation"]) == 1
    else:
        assert card["coding_prior"] in ("em", "trained")
        assert card["unconditional_components"] == model.mixture.components
        assert model.mixture.components == 1 or name != "tiny-vae"
        costs = [*card["unconditional_valid_nats"].values(), card["trained_prior_valid_nats"]]
        best = costs[-1] if card["coding_prior"] == "trained" else min(costs[:-1])
        assert best == min(costs)
        assert "trained_prior_kl_nats" in card["validation"]
    again = train_model(data, output, preset=name, steps=40, seed=3, resume=True, force=True)
    assert again.model_id == model.model_id


def test_the_trained_prior_codes_where_it_is_the_better_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = GaussianMixtureFit(np.ones(1), np.zeros((1, 4)), np.eye(4)[None] * 1e6, {1: 99.0})
    monkeypatch.setattr(fitting, "fit_unconditional", lambda *_: bad)
    data, output = train_file(tmp_path), tmp_path / "model.safetensors"
    model = train_model(data, output, preset="tiny-pixelvae", steps=5)
    assert model.card["coding_prior"] == "trained" and model.mixture.components == 4
    moments = float_networks(model).prior.moments()
    for key, value in zip(("weights", "means", "covariances"), moments, strict=True):
        assert np.allclose(model.floats[f"mixture.{key}"], value, rtol=1e-5)


def test_a_fresh_run_begins_without_what_another_left(tmp_path: Path) -> None:
    data, output = train_file(tmp_path), tmp_path / "model.safetensors"
    train_model(data, output, preset="tiny", steps=4, keep_steps=2)
    checkpoint = checkpoint_path(output)
    left = [checkpoint, kept_path(checkpoint, 2), kept_path(checkpoint, 4)]
    assert kept_paths(checkpoint) == left[1:] and checkpoint.exists()
    output.unlink()
    for there in (left, left[1:]):
        with pytest.raises(TrainingError, match="--resume to continue it, -f to discard"):
            train_model(data, output, preset="tiny", steps=3)
        assert all(path.exists() for path in there)
        checkpoint.unlink(missing_ok=True)
    train_model(data, output, preset="tiny", steps=3, force=True)
    assert not any(path.exists() for path in left[1:])
    assert load_checkpoint(checkpoint)[1]["step"] == 3


def test_a_run_does_not_go_on_with_other_images(tmp_path: Path) -> None:
    data, output = train_file(tmp_path), tmp_path / "model.safetensors"
    model = train_model(data, output, preset="tiny", steps=3)
    np.savez(data, x=blobs(120, 4)[:, 0])
    with pytest.raises(TrainingError, match="images differs"):
        train_model(data, output, preset="tiny", steps=3, resume=True, force=True)
    assert FrozenModel.load(output).model_id == model.model_id


def test_a_large_seed_trains_and_freezes(tmp_path: Path) -> None:
    data, output = train_file(tmp_path), tmp_path / "model.safetensors"
    assert train_model(data, output, preset="tiny", steps=2, seed=2**63 - 1).card["steps"] == 2


def test_errors_name_the_file(tmp_path: Path) -> None:
    data, output = train_file(tmp_path), tmp_path / "model.safetensors"
    colour, absent = tmp_path / "colour.npz", tmp_path / "absent.npz"
    np.savez(colour, x=np.random.default_rng(3).integers(0, 256, (60, 8, 8, 3), np.uint8))
    for files in ({"data": absent}, {"data": data, "valid": absent}):
        with pytest.raises(DataError, match=r"absent\.npz: cannot be read"):
            train_model(output=output, preset="tiny", **files)
    with pytest.raises(TrainingError, match=r"colour\.npz: "):
        train_model(data, output, preset="tiny", valid=colour)


def test_bad_settings_leave_nothing_behind(tmp_path: Path) -> None:
    data, output = train_file(tmp_path), tmp_path / "model.safetensors"
    with pytest.raises(TrainingError, match="preset"):
        train_model(data, output, preset="nope")
    with pytest.raises(TrainingError):
        train_model(data, output, preset="tiny", resume=True)
    with pytest.raises(DataError):
        train_model(tmp_path / "absent.npz", output, preset="tiny")
    assert not output.exists()
