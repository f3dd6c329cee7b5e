"""`acncodec train`: what reaches the trainer, and what is refused before it."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_types import Acn

from acncodec.models.frozen import FrozenModel
from acncodec.training.progress import Report
from acncodec_cli.progress import describe

TRAIN = "acncodec.training.session.train_model"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tiny_model: FrozenModel) -> list[dict[str, Any]]:
    """The calls of a trainer that only reports."""
    made: list[dict[str, Any]] = []

    def train_model(data: Path, output: Path, **options: Any) -> FrozenModel:
        made.append({"data": data, "output": output, **options})
        for step in range(1, 401):
            options["report"](Report(step, float(step), step / 400, 1.0, 2.0, 1e-3))
        options["report"](Report(400, 400.0, 1.0, 1.0, 2.0, 1e-3, 3.0, 4.0))
        return tiny_model

    monkeypatch.setattr(TRAIN, train_model)
    return made


def test_options_reach_the_trainer(
    acn: Acn, calls: list[dict[str, Any]], data_file: Path, tmp_path: Path
) -> None:
    line = f"train {data_file} -o {tmp_path}/m.safetensors --preset tiny --steps 5 --seed 7"
    line += f" --device cpu --resume --valid {data_file} --log {tmp_path}/log --keep 3"
    outcome = acn(*line.split())
    assert outcome.code == 0, outcome.err
    (call,) = calls
    del call["report"], call["note"], call["explain"]
    assert call == {
        "data": data_file, "output": tmp_path / "m.safetensors", "preset": "tiny", "recipe": None,
        "settings": (), "start": None, "steps": 5,
        "minutes": None, "seed": 7, "device": "cpu", "resume": True, "valid": data_file,
        "labels": None, "valid_labels": None, "layout": None, "log": tmp_path / "log",
        "keep_steps": 3, "watch": None, "force": False,
    }  # fmt: skip
    assert "SHA-256" in outcome.out


def test_progress_is_sparse_on_standard_error(
    acn: Acn, calls: list[dict[str, Any]], data_file: Path, tmp_path: Path
) -> None:
    line = ("train", data_file, "-o", tmp_path / "m.safetensors", "--minutes", "1.5")
    outcome = acn(*line)
    lines = outcome.err.splitlines()
    assert len(lines) <= 102
    assert "loss 3.00  KL 1.00  reconstruction 2.00" in lines[0]
    assert "left" in lines[0]
    assert "valid 7.00 (KL 3.00)" in lines[-1]
    assert len(acn(*line, "-v").err.splitlines()) == 401
    assert acn(*line, "-q").err == ""


@pytest.mark.parametrize(
    "options",
    ["--steps 1 --minutes 1", "--steps 0", "--minutes 0", "--minutes nan", "--preset huge"],
)
def test_wrong_usage(
    acn: Acn, calls: list[dict[str, Any]], data_file: Path, tmp_path: Path, options: str
) -> None:
    line = ("train", data_file, "-o", tmp_path / "m.safetensors", *options.split())
    assert acn(*line).code == 2
    assert calls == []


def test_existing_outputs_are_refused_before_training(
    acn: Acn, calls: list[dict[str, Any]], data_file: Path, model_file: Path
) -> None:
    assert acn("train", data_file, "-o", model_file).code == 1
    assert acn("train", data_file, "-o", data_file, "-f").code == 1
    assert calls == []
    assert acn("train", data_file, "-o", model_file, "-f").code == 0
    assert calls[0]["force"]


def test_images_without_latents_are_told_of_in_bits_a_sample() -> None:
    report = Report(1200, 1.0, 0.5, 0.0, 64 * math.log(2), 1e-3, samples=32)
    assert describe(report) == "step 1,200  2.0000 bits/dim"
    valid = 40 * math.log(2)
    held = replace(report, valid_kl_nats=0.0, valid_reconstruction_nats=valid, valid_samples=16)
    assert describe(held) == "step 1,200  2.0000 bits/dim  held back 2.5000"


def test_recipes_settings_and_a_model_to_start_from_reach_the_trainer(
    acn: Acn, calls: list[dict[str, Any]], data_file: Path, tmp_path: Path
) -> None:
    line = f"train {data_file} -o {tmp_path}/m.safetensors --recipe mine.toml --start mnist"
    outcome = acn(*line.split(), "--set", "train.batch=3", "--set", "train.optimizer = adam")
    assert outcome.code == 0, outcome.err
    (call,) = calls
    assert (call["preset"], call["recipe"], call["start"]) == (None, "mine.toml", "mnist")
    assert call["settings"] == ("train.batch=3", "train.optimizer = adam")
    assert acn(*line.split(), "--preset", "tiny").code == 2
    assert acn("train", data_file).code == 2


def test_a_recipe_is_printed_and_nothing_is_trained(
    acn: Acn, calls: list[dict[str, Any]], data_file: Path, tmp_path: Path
) -> None:
    outcome = acn("train", data_file, "--print-recipe", "--set", "train.batch=7", "--minutes", "2")
    assert (outcome.code, outcome.err) == (0, "")
    recipe = tomllib.loads(outcome.out)
    assert recipe["train"]["batch"] == 7 and "steps" not in recipe["train"]
    assert recipe["family"] and recipe["decoder"]["width"] > 0
    assert "2 minutes of training" in outcome.out
    (tmp_path / "mine.toml").write_text(outcome.out)
    again = acn("train", data_file, "--print-recipe", "--recipe", tmp_path / "mine.toml")
    assert tomllib.loads(again.out) == recipe
    whole = tomllib.loads(acn("train", data_file, "--print-recipe", "--preset", "tiny").out)
    assert whole["family"] == "acn" and whole["train"]["steps"] == 200
    assert calls == [] and [path.name for path in tmp_path.iterdir()].count("data.npz") == 1


def test_a_bad_setting_is_one_line_and_no_usage(acn: Acn, data_file: Path, tmp_path: Path) -> None:
    for setting, words in (("train.batch=0", "train.batch = 0: it must be 1 to"), ("x", "KEY=VAL")):
        outcome = acn("train", data_file, "-o", tmp_path / "m.safetensors", "--set", setting)
        assert outcome.code == 1 and words in outcome.err and outcome.err.count("\n") == 1


def test_others_stand_beside_what_is_held_back() -> None:
    report = Report(1200, 1.0, 0.5, 0.0, 64 * math.log(2), 1e-3, 0.0, 80 * math.log(2), 32, 32)
    told = replace(report, rivals={"xz": 3.25, "PNG": 4.0})
    assert describe(told) == "step 1,200  2.0000 bits/dim  held back 2.5000 (xz 3.2500, PNG 4.0000)"
