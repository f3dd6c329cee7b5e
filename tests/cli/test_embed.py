"""`acncodec embed`: what the .npz holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from cli_types import Acn
from numpy.typing import NDArray

from acncodec.analysis.embedding import mean_codes
from acncodec.models.frozen import FrozenModel


def test_codes_grid_and_labels(
    acn: Acn, data_file: Path, model_file: Path, tiny_model: FrozenModel, tmp_path: Path,
    images: NDArray[np.uint8],
) -> None:  # fmt: skip
    path = tmp_path / "codes.npz"
    line = ("embed", data_file, "-o", path, "--model", model_file)
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    assert "codes of 40 images, 4 dimensions" in outcome.out
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays.files == ["codes", "grid", "y"]
        assert np.array_equal(arrays["codes"], mean_codes(tiny_model, images))
        assert np.array_equal(arrays["grid"], tiny_model.encoder.codes(images))
        assert arrays["grid"].dtype == np.int16
        assert np.array_equal(arrays["y"], np.arange(40))
    first = path.read_bytes()
    assert acn(*line).code == 1
    assert acn(*line, "-f", "--threads", 1, "--batch", 7).code == 0
    assert path.read_bytes() == first


def test_labels_from_a_file(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path) -> None:
    labels, path = tmp_path / "labels.npy", tmp_path / "codes.npz"
    np.save(labels, np.arange(40) % 3)
    line = ("embed", data_file, "-o", path, "--model", model_file, "--labels", labels)
    assert acn(*line).code == 0
    with np.load(path, allow_pickle=False) as arrays:
        assert np.array_equal(arrays["y"], np.arange(40) % 3)
    np.save(labels, np.arange(39))
    outcome = acn(*line, "-f")
    assert outcome.code == 1
    assert f"{labels}: the file has the shape (39,); labels of 40 images" in outcome.err


def test_colour_images_are_no_grey_ones_that_could_be_binarised(
    acn: Acn, model_file: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "colour.npy", np.arange(2400, dtype=np.uint8).reshape(8, 10, 10, 3))
    line = ("embed", tmp_path / "colour.npy", "-o", tmp_path / "y.npz", "--model", model_file)
    outcome = acn(*line)
    assert outcome.code == 1 and "binarised" not in outcome.err
    assert "(3, 10, 10) images of 24" in outcome.err or "of 256 levels" in outcome.err
