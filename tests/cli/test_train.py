"""`acncodec train`: what reaches the trainer, and what is refused before it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_types import Acn

from acncodec.models.frozen import FrozenModel
from acncodec.training.loop import Report
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
        "data": data_file, "output": tmp_path / "m.safetensors", "preset": "tiny", "steps": 5,
        "minutes": None, "seed": 7, "device": "cpu", "resume": True, "valid": data_file,
        "log": tmp_path / "log", "keep_steps": 3, "force": False,
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
    held = replace(report, valid_kl_nats=0.0, valid_reconstruction_nats=80 * math.log(2))
    assert describe(held) == "step 1,200  2.0000 bits/dim  held back 2.5000"
