"""`acncodec plot`: each kind, twice the same, and what is refused."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from numpy.typing import NDArray

from acncodec.training.history import read_log
from acncodec.training.progress import Report
from acncodec.training.session import RunLog


@pytest.fixture
def labelled(images: NDArray[np.uint8], tmp_path: Path) -> Path:
    path = tmp_path / "labelled.npz"
    np.savez(path, x=images[:, 0], y=np.arange(len(images)) % 3, other=np.arange(len(images)))
    return path


@pytest.mark.parametrize("kind", ["pca", "tsne --perplexity 4", "matrix", "costs"])
def test_kinds(acn: Acn, labelled: Path, model_file: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.png"
    name, *options = kind.split()
    line = ("plot", name, labelled, "-o", path, "--model", model_file, "--count", 30, *options)
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    assert "30 images" in outcome.out
    first = path.read_bytes()
    assert first.startswith(b"\x89PNG")
    assert acn(*line).code == 1
    assert acn(*line, "-f").code == 0
    assert path.read_bytes() == first
    assert acn(*line, "-f", "--seed", 1).code == 0
    assert path.read_bytes() != first


def test_labels(acn: Acn, labelled: Path, model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    line = ("plot", "pca", labelled, "-o", path, "--model", model_file, "-f")
    assert acn(*line).code == 0
    coloured = path.read_bytes()
    assert acn(*line, "--no-labels").code == 0
    assert path.read_bytes() != coloured
    outcome = acn(*line, "--label", "other")
    assert (outcome.code, "40 classes; no more than 10" in outcome.err) == (1, True)
    outcome = acn(*line, "--label", "y", "--no-labels")
    assert (outcome.code, "excludes" in outcome.err) == (2, True)


def test_losses(acn: Acn, tmp_path: Path) -> None:
    report = Report(0, 1.0, 0.1, 5.0, 80.0, 1e-3)
    with RunLog(tmp_path) as log:
        for step in (50, 100, 150):
            log(replace(report, step=step))
    path = tmp_path / "a.png"
    outcome = acn("plot", "losses", tmp_path / "log.jsonl", "-o", path)
    assert outcome.code == 0, outcome.err
    assert "150 steps" in outcome.out
    assert path.read_bytes().startswith(b"\x89PNG")
    whole = acn("plot", "losses", tmp_path, "-o", path, "-f")
    assert (whole.code, whole.out) == (0, outcome.out)
    assert read_log(tmp_path) == read_log(tmp_path / "log.jsonl")
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}\n")
    outcome = acn("plot", "losses", bad, "-o", tmp_path / "b.png")
    assert (outcome.code, f"{bad}: line 1 is not a training report" in outcome.err) == (1, True)


def test_too_few_images_for_tsne(
    acn: Acn, labelled: Path, model_file: Path, tmp_path: Path
) -> None:
    line = ("plot", "tsne", labelled, "-o", tmp_path / "a.png", "--model", model_file)
    outcome = acn(*line)
    assert outcome.code == 1
    assert f"{labelled}: 40 images are too few for a perplexity of 30" in outcome.err
    assert not (tmp_path / "a.png").exists()


def test_without_matplotlib_the_extra_is_named(
    acn: Acn, labelled: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("canvas", "scatter"):
        monkeypatch.delitem(sys.modules, f"acncodec.figures.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    outcome = acn("plot", "pca", labelled, "-o", tmp_path / "a.png", "--model", model_file)
    assert outcome.code == 1
    assert "pip install 'acncodec[plots]'" in outcome.err
