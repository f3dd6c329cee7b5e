"""Labels: which array they are, files of their own, and what is refused."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images import DataSet
from acncodec.images.classes import check_labels, find_labels, has_labels, load_labels
from acncodec.images.recognised import recognise

X = np.zeros((4, 3, 3), np.uint8)
Y = np.array([3, 1, 2, 3], np.int16)


def data(**arrays: Any) -> DataSet:
    return recognise({"x": X, **arrays})


def test_labels_are_found_by_habit_and_by_name() -> None:
    both = data(labels=Y + 1, y=Y, kind=np.array(["a", "b", "a", "b"]))
    assert np.array_equal(find_labels(both), Y)
    assert np.array_equal(find_labels(both, "labels"), Y + 1)
    assert list(find_labels(both, "kind")) == ["a", "b", "a", "b"]
    assert np.array_equal(find_labels(data(label=Y[:, None])), Y)
    assert has_labels(both)
    assert not has_labels(data(kind=Y))


@pytest.mark.parametrize(
    ("arrays", "name", "message"),
    [
        ({}, None, "no labels: no array is called 'y' or 'labels'.*no other arrays"),
        ({"kind": Y}, None, "there are 'kind'"),
        ({"y": Y}, "z", "no array is called 'z'"),
        ({"y": Y[:3]}, None, r"'y' has the shape \(3,\); labels of 4 images are \(4,\)"),
        ({"y": Y.astype(np.float32)}, None, "is float32"),
    ],
)
def test_what_is_not_labels(arrays: dict[str, Any], name: str | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        find_labels(data(**arrays), name)


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


IDX = bytes([0, 0, 8, 1]) + struct.pack(">I", 4) + bytes([3, 1, 2, 3])


@pytest.mark.parametrize(
    "content",
    [npy(Y), npy(Y[:, None]), IDX, gzip.compress(IDX, mtime=0)],
    ids=["npy", "npy of a column", "IDX", "IDX gzipped"],
)
def test_files_of_labels(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labels"
    path.write_bytes(content)
    assert load_labels(path, 4).tolist() == Y.tolist()


def test_bad_files_of_labels(tmp_path: Path) -> None:
    path = tmp_path / "labels"
    path.write_bytes(IDX)
    with pytest.raises(DataError, match="the file has the shape"):
        load_labels(path, 5)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="the table is empty"):
        load_labels(path, 4)
    path.write_bytes(b"1,2\n3,4\n")
    with pytest.raises(DataError, match="several columns: 'labels_0', 'labels_1'"):
        load_labels(path, 2)
    with pytest.raises(DataError, match="cannot be read"):
        load_labels(tmp_path / "none", 4)
    with pytest.raises(DataError, match="cannot be read"):
        load_labels(Path("a\0b"), 4)


def test_labels_come_out_contiguous() -> None:
    wide = np.arange(8, dtype=np.int64).reshape(4, 2)
    assert check_labels(wide[:, :1], 4, "it").flags.c_contiguous
