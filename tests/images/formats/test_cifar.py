"""CIFAR's binary files, told by their size and their labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images import StoredData, load_dataset, open_dataset
from acncodec.images.classes import find_labels

RNG = np.random.default_rng(0)
COUNT = 5000


def records(count: int, classes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Labels (N, n) and images (N, 3, 32, 32)."""
    labels = np.stack([RNG.integers(0, n, count).astype(np.uint8) for n in classes], 1)
    return labels, RNG.integers(0, 256, (count, 3, 32, 32), np.uint8)


def write(path: Path, labels: np.ndarray, images: np.ndarray) -> Path:
    path.write_bytes(np.concatenate([labels, images.reshape(len(images), -1)], 1).tobytes())
    return path


@pytest.mark.parametrize(
    ("classes", "names"),
    [((10,), ["labels"]), ((20, 100), ["coarse_labels", "fine_labels"])],
)
def test_images_and_labels(tmp_path: Path, classes: tuple[int, ...], names: list[str]) -> None:
    labels, images = records(COUNT, classes)
    path = write(tmp_path / "a", labels, images)
    loaded, opened = load_dataset(path), open_dataset(path)
    assert isinstance(opened, StoredData)
    for data in (loaded, opened):
        assert (data.count, data.shape, data.levels) == (COUNT, (3, 32, 32), 256)
        assert data.spec.layout == "nchw" and data.array_bytes == images.nbytes
        assert [side.name for side in data.side] == names
        for place, side in enumerate(data.side):
            assert side.aligned and np.array_equal(side.array, labels[:, place])
        assert np.array_equal(data.take(slice(None)), images)
        rows = np.array([COUNT - 1, 3, 4, 5, 0])
        assert np.array_equal(data.take(rows), images[rows])
    assert np.array_equal(find_labels(loaded), labels[:, -1])


def test_a_label_out_of_range_is_another_file(tmp_path: Path) -> None:
    labels, images = records(6, (10,))
    labels[4] = 10
    path = write(tmp_path / "a", labels, images)
    for read in (load_dataset, open_dataset):
        with pytest.raises(DataError, match=r"unknown content.*record 4 is 10, not below 10"):
            read(path)


def test_another_size_is_another_file(tmp_path: Path) -> None:
    labels, images = records(6, (10,))
    path = write(tmp_path / "a", labels, images)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="unknown content"):
        load_dataset(path)


def test_a_record_of_each_kind_is_told_apart(tmp_path: Path) -> None:
    for classes, size in (((10,), 3073), ((20, 100), 3074)):
        path = write(tmp_path / "a", *records(1, classes))
        assert path.stat().st_size == size
        assert len(load_dataset(path).side) == len(classes)
