"""Training models without a likelihood: labels, logs, checkpoints."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tiny import blobs

from acncodec.errors import DataError, TrainingError
from acncodec.families.registry import find_preset
from acncodec.figures.curves import losses
from acncodec.learning.source import ImageSource
from acncodec.training.history import read_log
from acncodec.training.loop import Trainer
from acncodec.training.patience import Patience
from acncodec.training.progress import Report
from acncodec.training.run_log import RunLog
from acncodec.training.session import train_model

LABELS = np.arange(60) % 3
ACCURACIES = ["discriminator_true_accuracy", "discriminator_feature_accuracy"]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    np.savez(tmp_path / "images.npz", x=blobs(60, 1)[:, 0], y=LABELS)
    return tmp_path / "images.npz"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    np.save(tmp_path / "bare.npy", blobs(60, 1)[:, 0])
    return tmp_path / "bare.npy"


def settings(*more: str) -> tuple[str, ...]:
    return ("train.batch=8", *more)


@pytest.mark.parametrize(
    ("preset", "names"),
    [
        ("tiny-autoencoder", ["squared_error"]),
        ("tiny-aae", ["adversary", "squared_error"]),
        ("tiny-style", ["adversary", "squared_error"]),
    ],
)
def test_costs_stand_in_the_log_by_their_names(
    images: Path, tmp_path: Path, preset: str, names: list[str]
) -> None:
    model = train_model(
        images, tmp_path / "m.safetensors", preset=preset, steps=100, device="cpu",
        settings=settings("train.checkpoint_steps=50"), log=tmp_path,
    )  # fmt: skip
    path = tmp_path / "log.jsonl"
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    assert [list(entry["costs"]) for entry in entries] == [names, names]
    assert [list(entry["valid_costs"]) for entry in entries] == [names, names]
    assert not any("nats" in key for entry in entries for key in entry)
    measured = [list(entry.get("measures", {})) for entry in entries]
    assert measured == [ACCURACIES if len(names) == 2 else []] * 2
    assert all(0 <= share <= 1 for e in entries for share in e.get("measures", {}).values())
    reports = read_log(path)
    assert [report.reconstruction_nats for report in reports] == [
        entry["costs"]["squared_error"] for entry in entries
    ]
    assert list(model.card["validation"]) == names
    assert losses(reports, "a run").startswith(b"\x89PNG")


def test_fewer_features_and_another_rate_are_settings(images: Path, tmp_path: Path) -> None:
    model = train_model(
        images, tmp_path / "m.safetensors", preset="tiny-aae", steps=2, device="cpu",
        settings=settings("latent.dim=2", "train.learning_rate=2e-3", "train.adversary=5"),
    )  # fmt: skip
    assert model.config.latent_dim == 2 and model.latents.shape == (2,)
    recipe = model.card["recipe"]
    assert (recipe["learning_rate"], recipe["adversary"]) == (2e-3, 5.0)


def test_labels_are_those_of_the_data_or_of_a_file(
    images: Path, bare: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "labels.npy", LABELS)
    ids = {
        train_model(
            data, tmp_path / f"{data.stem}.safetensors", preset="tiny-style", steps=3,
            device="cpu", settings=settings(), labels=labels,
        ).model_id
        for data, labels in ((images, None), (bare, tmp_path / "labels.npy"))
    }  # fmt: skip
    assert len(ids) == 1
    np.save(tmp_path / "other.npy", (LABELS + 1) % 3)
    other = train_model(
        bare, tmp_path / "other.safetensors", preset="tiny-style", steps=3, device="cpu",
        settings=settings(), labels=tmp_path / "other.npy",
    )  # fmt: skip
    assert other.model_id not in ids


def test_without_labels_no_style_is_trained(images: Path, bare: Path, tmp_path: Path) -> None:
    output, words = tmp_path / "m.safetensors", np.array(list("abc") * 20)
    np.save(tmp_path / "words.npy", words)
    np.save(tmp_path / "labels.npy", LABELS)

    def refused(data: Path, **options: object) -> str:
        with pytest.raises((DataError, TrainingError)) as caught:
            train_model(data, output, steps=1, device="cpu", **options)  # type: ignore[arg-type]
        return str(caught.value)

    assert "bare.npy: no labels" in refused(bare, preset="tiny-style")
    assert "whole numbers" in refused(bare, preset="tiny-style", labels=tmp_path / "words.npy")
    few = refused(images, preset="tiny-style", settings=("decoder.classes=2",))
    assert "a label 2: decoder.classes = 2" in few
    not_told = refused(bare, preset="tiny-aae", labels=tmp_path / "labels.npy")
    assert "told classes" in not_told
    short = refused(bare, preset="tiny-style", valid=images, labels=tmp_path / "words.npy")
    assert "whole numbers" in short
    assert not list(tmp_path.glob("*.safetensors"))


def test_a_run_goes_on_where_it_was(images: Path, tmp_path: Path) -> None:
    def trained(name: str, steps: int, resume: bool = False) -> bytes:
        return train_model(
            images, tmp_path / f"{name}.safetensors", preset="tiny-style", steps=steps,
            device="cpu", settings=settings("train.warmup_steps=0", "train.decay_from=1.0"),
            resume=resume, force=True,
        ).model_id  # fmt: skip

    whole = trained("a", 6)
    trained("b", 3)
    assert trained("b", 6, resume=True) == whole


def test_an_adversary_is_no_reason_to_stop() -> None:
    family, preset = find_preset("tiny-aae")
    source = ImageSource(blobs(60, 1)[:, 0])
    config = preset.config.for_images(source.shape)
    patience = Patience(Trainer(family, config, preset.recipe, source, source, 1))
    for step in range(12):
        report = Report(
            step, 1.0, 0.5, 0.0, 1.0, 1e-3, 100.0 + step, 50.0 - step,
            names=("adversary", "squared_error"),
        )  # fmt: skip
        patience(report)
    assert not patience.is_over


def test_named_costs_come_back_from_the_log(tmp_path: Path) -> None:
    reports = (
        Report(50, 1.5, 0.1, 0.0, 30.0, 1e-3, names=("", "squared_error")),
        Report(
            100, 3.0, 0.2, 1.5, 28.0, 1e-3, 1.25, 29.0, names=("adversary", "squared_error"),
            measures={"discriminator_true_accuracy": 0.5},
        ),
    )  # fmt: skip
    with RunLog(tmp_path) as log:
        for report in reports:
            log(report)
    assert read_log(tmp_path / "log.jsonl") == reports


@pytest.mark.parametrize(
    "costs", ["{}", '{"a": 1, "b": 2, "c": 3}', '{"a": "x"}', "[1, 2]", "7", "null"]
)
def test_costs_that_are_none_are_refused(tmp_path: Path, costs: str) -> None:
    path = tmp_path / "log.jsonl"
    entry = f'{{"step": 1, "seconds": 0, "progress": 0, "learning_rate": 1, "costs": {costs}}}'
    path.write_text(entry + "\n")
    with pytest.raises(TrainingError, match="line 1 is not a training report"):
        read_log(path)
