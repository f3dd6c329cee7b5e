"""What is made of the files of a data set."""

from __future__ import annotations

import hashlib
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import GREY, png

from acncodec.data.splits import (
    BinaryPair,
    Characters,
    CifarRecords,
    Pair,
    RawClasses,
    TextRows,
)
from acncodec.errors import DataError
from acncodec.images.binarise import binarise

RNG = np.random.default_rng(0)


def idx(array: NDArray[np.uint8]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def test_images_and_labels_of_two_files(tmp_path: Path) -> None:
    images, labels = RNG.integers(0, 256, (7, 4, 5), np.uint8), np.arange(7, dtype=np.uint8)
    (tmp_path / "i").write_bytes(idx(images))
    (tmp_path / "l").write_bytes(idx(labels))
    found = Pair("x.npz", "i", "l").arrays(tmp_path)
    assert np.array_equal(found["x"], images) and np.array_equal(found["y"], labels)
    drawn = BinaryPair("x.npz", "i", "l", 5).arrays(tmp_path)
    assert np.array_equal(drawn["x"], binarise(images, 5))
    (tmp_path / "l").write_bytes(idx(labels[:6]))
    with pytest.raises(DataError, match="7 images, but 6 labels"):
        Pair("x.npz", "i", "l").arrays(tmp_path)


def test_records_one_file_after_the_other(tmp_path: Path) -> None:
    labels = RNG.integers(0, 10, (6, 1), np.uint8)
    images = RNG.integers(0, 256, (6, 3, 32, 32), np.uint8)
    records = np.concatenate([labels, images.reshape(6, -1)], 1)
    (tmp_path / "a").write_bytes(records[:4].tobytes())
    (tmp_path / "c").write_bytes(records[4:].tobytes())
    found = CifarRecords("x.npz", ("a", "b", "c")).arrays(tmp_path)
    assert np.array_equal(found["x"], images) and np.array_equal(found["y"], labels[:, 0])


def test_rows_of_text(tmp_path: Path) -> None:
    images = RNG.integers(0, 2, (5, 3, 3), np.uint8)
    text = "".join(" ".join(map(str, row)) + "\n" for row in images.reshape(5, -1))
    split = TextRows("x.npz", "a", 3)
    (tmp_path / "a").write_text(text)
    assert np.array_equal(split.arrays(tmp_path)["x"], images)
    for bad in (text[:-2], text.replace("1", "2"), text.replace(" ", ","), ""):
        (tmp_path / "a").write_text(bad)
        with pytest.raises(DataError, match="a: not rows of"):
            split.arrays(tmp_path)


def test_some_rows_of_each_class(tmp_path: Path) -> None:
    images = RNG.integers(0, 256, (2, 10, 3, 3), np.uint8)
    for name, part in zip("ab", images, strict=True):
        (tmp_path / name).write_bytes(part.tobytes())
    first = RawClasses("x.npz", ("a", "b"), 3, slice(None, 8)).arrays(tmp_path)
    last = RawClasses("x.npz", ("a", "b"), 3, slice(8, None)).arrays(tmp_path)
    assert np.array_equal(first["x"], images[:, :8].reshape(-1, 3, 3))
    assert np.array_equal(last["x"], images[:, 8:].reshape(-1, 3, 3))
    assert last["y"].tolist() == [0, 0, 1, 1]
    (tmp_path / "b").write_bytes(bytes(91))
    with pytest.raises(DataError, match="b: not images of 3x3 bytes"):
        RawClasses("x.npz", ("a", "b"), 3, slice(None)).arrays(tmp_path)


def characters(folder: Path) -> tuple[Characters, NDArray[np.uint8]]:
    """A zip of four characters of two alphabets, two drawers each, and what is in it."""
    ink = RNG.integers(0, 2, (2, 2, 2, 5, 7), np.uint8)
    root = folder / "small"
    for place in np.ndindex(2, 2, 2):
        alphabet, character, drawer = place
        path = root / "BA"[alphabet] / f"character0{character}" / f"0{alphabet}_0{drawer}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(1 - ink[place], 1, GREY))
    with zipfile.ZipFile(folder / "small.zip", "w") as archive:
        for path in sorted(root.rglob("*.png"), reverse=True):
            archive.write(path, path.relative_to(folder))
    images = ink[::-1].reshape(-1, 5, 7)
    digest = hashlib.sha256(images.tobytes()).hexdigest()
    return Characters("x.npz", "small.zip", (), digest), images


def test_characters_of_a_zip_or_of_its_folder(tmp_path: Path) -> None:
    split, images = characters(tmp_path)
    for form in ("zip", "folder"):
        if form == "folder":
            (tmp_path / "small.zip").unlink()
            shutil.copytree(tmp_path / "small", tmp_path / "small.zip")
        found = split.arrays(tmp_path)
        assert np.array_equal(found["x"], images)
        assert found["y"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    digest = hashlib.sha256(images[4:].tobytes()).hexdigest()
    only = Characters("x.npz", "small.zip", ("A",), digest).arrays(tmp_path)
    assert np.array_equal(only["x"], images[4:]) and only["y"].tolist() == [0, 0, 1, 1]


def test_other_characters_are_refused(tmp_path: Path) -> None:
    split, _ = characters(tmp_path)
    (tmp_path / "small.zip").unlink()
    shutil.copytree(tmp_path / "small", tmp_path / "small.zip")
    picture = next((tmp_path / "small.zip").rglob("*.png"))
    picture.write_bytes(png(np.zeros((5, 7), np.uint8), 1, GREY))
    with pytest.raises(DataError, match="not those that were published"):
        split.arrays(tmp_path)
    picture.write_bytes(png(np.zeros((5, 7), np.uint8), 8, GREY))
    with pytest.raises(DataError, match="not of one bit"):
        split.arrays(tmp_path)
    shutil.rmtree(tmp_path / "small.zip")
    (tmp_path / "small.zip").mkdir()
    with pytest.raises(DataError, match="no PNG"):
        split.arrays(tmp_path)
