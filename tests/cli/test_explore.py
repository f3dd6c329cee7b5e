"""`acncodec explore`: what it writes, twice the same, and what it refuses."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from explorations import data_of, sheets_of

from acncodec.explore import library


def test_a_page_of_all_images(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    line = ("explore", data_file, "-o", path, "--model", model_file, "--seed", 3)
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    assert f"{path}: 40 images by the model tiny-1, {path.stat().st_size:,} bytes" in outcome.out
    first = path.read_bytes()
    page = first.decode()
    found = data_of(page)
    assert found["count"] == 40 and len(found["labels"]["names"]) == 40
    assert [plane["name"] for plane in found["planes"]] == ["PCA", "t-SNE"]
    assert [near["each"] for near in found["near"]] == [8, 8]
    assert len(sheets_of(page)) == 1
    assert acn(*line).code == 1 and path.read_bytes() == first
    assert acn(*line, "-f", "--threads", 1, "--batch", 7).code == 0
    assert path.read_bytes() == first


def test_some_images_and_labels_beside_them(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    path, labels = tmp_path / "page.html", tmp_path / "labels.npy"
    np.save(labels, np.arange(40) // 20)
    line = ("explore", data_file, "-o", path, "--model", model_file, "--count", 9, "--samples", 0)
    assert acn(*line, "--neighbours", 2, "--labels", labels).code == 0
    found = data_of(path.read_text("utf-8"))
    assert found["count"] == 9 and found["bits"] is None
    assert np.array_equal(found["labels"]["of"], found["rows"] // 20)
    assert [near["each"] for near in found["near"]] == [2, 2]


def test_a_model_without_codes_has_a_page_of_pixels(
    acn: Acn, data_file: Path, baseline_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    line = ("explore", data_file, "-o", path, "--model", baseline_file, "--samples", 0)
    assert acn(*line).code == 0
    page = path.read_text("utf-8")
    names = [near["name"] for near in data_of(page)["near"]]
    assert names == (["pixels"] if "has no codes" in page else ["code", "pixels"])


def test_what_is_refused(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path) -> None:
    outcome = acn("explore", data_file, "-o", tmp_path / "page.png", "--model", model_file)
    assert (outcome.code, "the output is .html" in outcome.err) == (2, True)
    outcome = acn("explore", data_file, "-o", data_file, "--model", model_file, "-f")
    assert outcome.code == 2 and not (tmp_path / "page.png").exists()
    line = ("explore", tmp_path / "none.npz", "-o", tmp_path / "page.html")
    outcome = acn(*line)
    assert (outcome.code, "none.npz" in outcome.err) == (1, True)
    assert not (tmp_path / "page.html").exists()


def test_without_the_library_the_extra_is_named_before_any_work(
    acn: Acn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(library, "distribution", none)
    outcome = acn("explore", tmp_path / "none.npz", "-o", tmp_path / "page.html")
    assert (outcome.code, "pip install 'acncodec[explore]'" in outcome.err) == (1, True)
