"""`bench/families.py`: models of several families measured side by side, and what is refused."""

from __future__ import annotations

import json
import math
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import families
import numpy as np
import pytest
from tiny import blobs, frozen
from tiny_codes import tiny_vqvae

from acncodec.analysis.priced import bound_nats
from acncodec.errors import ModelError
from acncodec.images import DataSet, load_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.report.results import load_results
from acncodec.report.schema import Families

TRAIN, TEST = 90, 40


def classes(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.uint8) % 3


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("sets")
    paths = folder / "train.npz", folder / "test.npz"
    for seed, (path, count) in enumerate(zip(paths, (TRAIN, TEST), strict=True), 1):
        np.savez(path, y=classes(count), x=blobs(count, seed)[:, 0])
    return paths


def written(folder: Path, models: list[FrozenModel]) -> list[str]:
    """Paths of the models' files."""
    paths = [folder / f"{model.name}.safetensors" for model in models]
    for path, model in zip(paths, models, strict=True):
        path.write_bytes(model.to_bytes())
    return list(map(str, paths))


def measure(*line: object) -> dict[str, Any]:
    with redirect_stdout(StringIO()) as printed:
        families.main([str(word) for word in (*line, "--name", "blobs", "--components", 3)])
    result: dict[str, Any] = json.loads(printed.getvalue())
    return result


@pytest.fixture(scope="module")
def models() -> list[FrozenModel]:
    known = [frozen(1, kind) for kind in ("acn", "acn-vq", "vae", "pixelcnn", "autoencoder")]
    return [*known, tiny_vqvae(1, height=8, width=8, binary=True)]


@pytest.fixture(scope="module")
def measured(
    sets: tuple[Path, Path], models: list[FrozenModel], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    with_card = [model.with_card(steps=7, minutes=0.5) for model in models]
    names = written(tmp_path_factory.mktemp("models"), with_card)
    return measure(*sets, *names, "--priced", 30, "--samples", 2)


def test_every_family_has_its_row(measured: dict[str, Any], models: list[FrozenModel]) -> None:
    assert (measured["kind"], measured["data"]) == ("families", "blobs")
    assert (measured["train_images"], measured["images"]) == (TRAIN, TEST)
    assert (measured["priced_images"], measured["samples_an_image"]) == (30, 64)
    assert measured["classes"] == ["0", "1", "2"]
    rows = measured["rows"]
    assert [row["label"] for row in rows[:2]] == ["pixels", "principal components"]
    assert [row["dimensions"] for row in rows[:2]] == [64, 3]
    assert [row["family"] for row in rows[2:]] == [model.family.name for model in models]
    for row, model in zip(rows[2:], models, strict=True):
        assert row["model_sha256"] == model.model_id.hex()
        assert (row["steps"], row["minutes"], row["levels"]) == (7, 0.5, 2)
        assert row["parameters"] == model.parameters > 0
        assert row["macs_per_image"] == model.macs_per_image


def test_the_report_knows_the_result(measured: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "families.json").write_text(json.dumps(measured), encoding="utf-8")
    ((_, found),) = load_results([tmp_path]).of(Families)
    assert [row.confusion != () for row in found.rows] == [
        row["features"] != "none" for row in measured["rows"]
    ]
    assert [row.codebook is not None for row in found.rows].count(True) == 2


def test_codes_are_probed_where_there_are_any(measured: dict[str, Any]) -> None:
    for row in measured["rows"]:
        if row.get("family") == "pixelcnn":
            assert row["features"] == "none" and "knn_accuracy" not in row
            continue
        table = np.array(row["confusion"])
        assert table.sum(1).tolist() == np.bincount(classes(TEST)).tolist()
        assert row["knn_accuracy"] == table.trace() / TEST
        assert 0 <= row["linear_accuracy"] <= 1


def test_prices_are_of_the_images_that_are_said(
    measured: dict[str, Any], models: list[FrozenModel], sets: tuple[Path, Path]
) -> None:
    whole = load_dataset(sets[1])
    data = DataSet(whole.pixels[:30], replace(whole.spec, position=0))
    for row, model in zip(measured["rows"][2:], models, strict=True):
        if row["family"] == "autoencoder":
            assert "bound_nats" not in row and "file_bytes" not in row
            continue
        bound = bound_nats(data, model, "iid", "keep", 2, 0)
        assert (row["bound_nats"], row["bound_standard_error"]) == pytest.approx(bound, rel=1e-5)
        assert row["file_nats"] == pytest.approx(8 * row["file_bytes"] * math.log(2) / 30)
        assert row["file_bits_per_dim"] == pytest.approx(row["file_nats"] / math.log(2) / 64)
        assert row["file_over_bound"] == pytest.approx(row["file_nats"] / bound[0] - 1)


def test_files_hold_the_codes_of_their_images(measured: dict[str, Any]) -> None:
    latents = {row.get("family"): row.get("file_latents") for row in measured["rows"]}
    assert latents["pixelcnn"] is None and latents["autoencoder"] is None
    assert latents["vqvae"]["own"] == 0.0 < latents["vqvae"]["other"]
    for family in ("acn", "acn-vq", "vae"):
        assert latents[family]["own"] == pytest.approx(1.0, abs=0.25)


def test_codebooks_are_taken(measured: dict[str, Any]) -> None:
    found = {row["family"]: row["codebook"] for row in measured["rows"] if "codebook" in row}
    assert {family: entry["vectors"] for family, entry in found.items()} == {
        "acn-vq": 16, "vqvae": 6,
    }  # fmt: skip
    assert all(1 <= entry["perplexity"] <= entry["vectors"] for entry in found.values())


def test_grey_images_are_binarised_for_models_of_binary_ones_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for name, count in (("train", 60), ("test", 12)):
        np.save(tmp_path / f"{name}.npy", rng.integers(0, 200, (count, 8, 8), dtype=np.uint8))
        np.save(tmp_path / f"{name}-labels.npy", classes(count))
    names = written(tmp_path, [frozen(1, "style"), tiny_vqvae(1, height=8, width=8)])
    line = (tmp_path / "train.npy", tmp_path / "test.npy", *names, "--priced", 5, "--samples", 2)
    labels = (f"--{name}-labels={tmp_path / name}-labels.npy" for name in ("train", "test"))
    rows = measure(*line, *labels)["rows"]
    assert [(row["label"], row["levels"]) for row in rows] == [
        ("pixels", 2), ("principal components", 2), ("tiny-style-1", 2),
        ("pixels", 200), ("principal components", 200), ("tiny-vqvae-1-1", 200),
    ]  # fmt: skip
    assert rows[-1]["bound_bits_per_dim"] > 2


def test_what_training_held_back_is_tried(sets: tuple[Path, Path], tmp_path: Path) -> None:
    names = written(tmp_path, [frozen(1, "autoencoder")])
    result = measure(*sets, *names, "--held-back")
    assert (result["train_images"], result["images"]) == (75, 15)
    assert result["tried_on"] == "held back"


def test_images_that_a_model_does_not_take_are_refused_before_all_the_work(
    sets: tuple[Path, Path], tmp_path: Path
) -> None:
    np.savez(tmp_path / "small.npz", x=blobs(9, 1, 6)[:, 0], y=classes(9))
    names = written(tmp_path, [frozen(1, "autoencoder")])
    for line in ((sets[0], tmp_path / "small.npz"), (tmp_path / "small.npz", sets[1])):
        with pytest.raises(ModelError, match="the data has"):
            measure(*line, *names)


def test_an_error_needs_two_samples(
    sets: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        measure(*sets, "mnist", "--samples", 1)
    assert "2 samples or more" in capsys.readouterr().err
