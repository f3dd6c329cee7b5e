from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from tiny import blobs

from acncodec.errors import DataError
from acncodec.images import MixedData, StoredData, load_dataset, mixed_from_arrays, open_dataset
from acncodec.images.beside import with_labels

IMAGES = blobs(6, 1)[:, 0]


def files(folder: Path, labels: np.ndarray) -> tuple[Path, Path]:
    np.save(folder / "x.npy", IMAGES)
    np.save(folder / "y.npy", labels)
    return folder / "x.npy", folder / "y.npy"


@pytest.mark.parametrize("labels", [np.arange(6), np.array(list("abcdef")), np.ones((6, 8), ">i4")])
def test_labels_are_the_last_array_and_follow_the_images(
    tmp_path: Path, labels: np.ndarray
) -> None:
    source, beside = files(tmp_path, labels)
    for data in (load_dataset(source), open_dataset(source)):
        found = with_labels(data, beside)
        assert [(entry.name, entry.aligned) for entry in found.side] == [("labels", True)]
        assert found.side[0].array.dtype == labels.dtype
        assert np.array_equal(found.side[0].array, labels)
        assert isinstance(found, StoredData) == isinstance(data, StoredData)
        assert np.array_equal(found.take(slice(None)), data.take(slice(None)))
        assert data.side == ()


def test_labels_of_images_of_several_shapes(tmp_path: Path) -> None:
    _, beside = files(tmp_path, np.arange(6))
    data = mixed_from_arrays([*IMAGES[:5], IMAGES[5][:3]])
    found = with_labels(data, beside)
    assert isinstance(found, MixedData) and found.images is data.images
    assert [(entry.name, entry.array.tolist(), entry.aligned) for entry in found.side] == [
        ("labels", [*range(6)], True)
    ]


def test_idx_labels(tmp_path: Path) -> None:
    source, beside = files(tmp_path, np.arange(6))
    beside.write_bytes(struct.pack(">2I", 2049, 6) + bytes(range(6)))
    assert with_labels(load_dataset(source), beside).side[0].array.tolist() == [*range(6)]


def test_a_table_goes_by_the_names_of_images_or_by_place(tmp_path: Path) -> None:
    names = np.array(["a.png", "b.png", "c/d.png", "e", "f", "g"])
    np.savez(tmp_path / "a.npz", x=IMAGES, names=names)
    data, table = load_dataset(tmp_path / "a.npz"), tmp_path / "labels.csv"
    order = [3, 0, 5, 1, 4, 2]
    table.write_text("file,class\n" + "".join(f"{names[at]},{at}\n" for at in order))
    found = {entry.name: entry.array.tolist() for entry in with_labels(data, table).side}
    assert found == {"names": names.tolist(), "file": names.tolist(), "class": [*range(6)]}
    table.write_text("".join(f"{at}\n" for at in order))
    assert with_labels(data, table).side[-1].array.tolist() == order
    table.write_text("file,class\n" + "".join(f"{names[at]}{at // 3},{at}\n" for at in order))
    assert with_labels(data, table).side[-1].array.tolist() == order
    table.write_text("file,class\na.png,1\n" + "z,2\n" * 5)
    with pytest.raises(DataError, match="'file' has the names of 1 images, and there are 6"):
        with_labels(data, table)


def test_what_does_not_fit(tmp_path: Path) -> None:
    for labels in (np.arange(5), np.array(3)):
        source, beside = files(tmp_path, labels)
        with pytest.raises(DataError, match="labels of 6 images have a row for each"):
            with_labels(load_dataset(source), beside)
    np.savez(tmp_path / "a.npz", x=IMAGES, labels=np.arange(6))
    np.save(beside, np.arange(6))
    with pytest.raises(DataError, match="'labels' beside the images already"):
        with_labels(load_dataset(tmp_path / "a.npz"), beside)
    beside.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        with_labels(load_dataset(source), beside)
