"""`acncodec probe`: where labels come from, what is printed, what is refused."""

from __future__ import annotations

import gzip
import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from numpy.typing import NDArray
from tiny import blobs


def is_large(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return (images.sum((1, 2, 3)) > 12).astype(np.uint8)


@pytest.fixture
def sets(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "train.npz", tmp_path / "test.npz"
    for seed, path in enumerate(paths):
        images = blobs(90 - 40 * seed, seed)
        np.savez(path, x=images[:, 0], y=is_large(images), wrong=np.zeros(3))
    return paths


def idx(array: NDArray[np.uint8]) -> bytes:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), mtime=0)


def test_json_and_table(
    acn: Acn, sets: tuple[Path, Path], model_file: Path, other_file: Path
) -> None:
    line = ("probe", *sets, "--components", 3, "--neighbours", 3)
    line += ("--model", model_file, "--model", other_file)
    outcome = acn(*line, "--json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert (facts["train_images"], facts["test_images"], facts["classes"]) == (90, 50, 2)
    probes = facts["rows"]
    assert [(entry["representation"], entry["model"]) for entry in probes] == [
        ("pca3", None), ("pixels", None), ("acn", "tiny-1"), ("acn", "tiny-2"),
    ]  # fmt: skip
    assert all(0.5 < entry["linear_accuracy"] <= 1 for entry in probes)
    assert probes[0]["dimensions"] == 3
    again = json.loads(acn(*line, "--json").out)
    assert again["rows"] == probes
    table = acn(*line).out
    assert "codes of tiny-2" in table
    assert f"{probes[1]['linear_accuracy']:.2%}" in table


def test_idx_images_with_files_of_labels(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    names = []
    for seed, kind in enumerate(("train", "test")):
        images = blobs(60, seed)
        grey = images[:, 0] * np.uint8(200)
        grey[0, 0, 0] = 100  # of two values it would be binary as it is
        (tmp_path / f"{kind}-images").write_bytes(idx(grey))
        (tmp_path / f"{kind}-labels").write_bytes(idx(is_large(images)))
        names.append(tmp_path / f"{kind}-images")
    line = ("probe", *names, "--model", model_file, "--components", 2, "--json", "--seed", 8)
    files = ("--train-labels", tmp_path / "train-labels", "--test-labels", tmp_path / "test-labels")
    outcome = acn(*line, *files)
    assert outcome.code == 0, outcome.err
    assert "train-images: grey images, binarised by a draw (seed 8)" in outcome.err
    assert "test-images: grey images, binarised by a draw (seed 9)" in outcome.err
    outcome = acn(*line)
    assert outcome.code == 1
    assert f"{names[0]}: no labels: no array is called 'y'" in outcome.err


def test_a_file_of_labels_here_and_an_array_there(
    acn: Acn, sets: tuple[Path, Path], model_file: Path, tmp_path: Path
) -> None:
    train, test = sets
    with np.load(train) as arrays:
        (tmp_path / "labels").write_bytes(idx(arrays["y"]))
    line = ("probe", train, test, "--model", model_file, "--components", 2, "--json")
    named = acn(*line, "--train-labels", tmp_path / "labels", "--label", "y")
    assert named.code == 0, named.err
    assert json.loads(named.out)["rows"] == json.loads(acn(*line).out)["rows"]


def test_confusions_are_drawn(
    acn: Acn, sets: tuple[Path, Path], model_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "confusion.png"
    line = ("probe", *sets, "--model", model_file, "--components", 2, "--confusion", path)
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    assert f"{path}: 3 confusion matrices" in outcome.out
    first = path.read_bytes()
    assert first.startswith(b"\x89PNG")
    assert acn(*line).code == 1
    outcome = acn(*line, "-f", "--json")
    facts = json.loads(outcome.out)
    assert path.read_bytes() == first
    for row in facts["rows"]:
        counts = np.array(row["confusion"])
        assert counts.shape == (2, 2) and counts.sum() == 50
        assert row["knn_accuracy"] == counts.trace() / 50
    assert facts["class_names"] == ["0", "1"]


def test_without_matplotlib_no_probe_is_begun(
    acn: Acn, sets: tuple[Path, Path], model_file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("canvas", "confusion"):
        monkeypatch.delitem(sys.modules, f"acncodec.figures.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    line = ("probe", *sets, "--model", model_file, "--confusion", tmp_path / "confusion.png")
    outcome = acn(*line)
    assert (outcome.code, outcome.out) == (1, "")
    assert "pip install 'acncodec[plots]'" in outcome.err


def test_more_classes_than_a_picture_has_room_for_are_refused_at_once(
    acn: Acn, model_file: Path, tmp_path: Path
) -> None:
    data, path = tmp_path / "many.npz", tmp_path / "confusion.png"
    np.savez(data, x=blobs(62, 1)[:, 0], y=np.arange(62) % 31)
    line = ("probe", data, data, "--model", model_file, "--components", 2)
    outcome = acn(*line, "--confusion", path)
    assert (outcome.code, "31 classes; a picture of more than 30" in outcome.err) == (1, True)
    assert not path.exists()
    outcome = acn(*line, "--confusion", tmp_path / "confusion.gif")
    assert (outcome.code, "the output is .png" in outcome.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--label none", 1, "no array is called 'none'"),
        ("--label wrong", 1, "'wrong' has the shape (3,); labels of 90 images"),
        ("--components 65", 1, "90 images of 64 pixels have no 65 components"),
        ("--neighbours 91", 1, "90 training images are too few for 91 votes"),
        ("--label y --train-labels f --test-labels f", 2, "both have a file of labels"),
        ("--train-labels none", 1, "none: cannot be read"),
    ],
)
def test_refusals(
    acn: Acn, sets: tuple[Path, Path], model_file: Path, options: str, code: int, message: str
) -> None:
    outcome = acn("probe", *sets, "--model", model_file, *options.split())
    assert outcome.code == code
    assert message in outcome.err
    assert outcome.out == ""
