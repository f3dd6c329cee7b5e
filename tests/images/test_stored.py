"""Images read when asked for: the same as loaded ones, and never others than at first."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import blobs

from acncodec.errors import DataError
from acncodec.images import DataSet, StoredData, load_dataset, open_dataset, stored

COUNT = 23


def idx(images: NDArray[np.uint8]) -> bytes:
    return struct.pack(">HBB3I", 0, 8, 3, *images.shape) + images.tobytes()


def folder(path: Path, images: NDArray[Any]) -> None:
    image = pytest.importorskip("PIL.Image")
    path.mkdir()
    for index, pixels in enumerate(images):
        image.fromarray(pixels).save(path / f"{index:03}.png")


def assert_same(opened: Any, path: Path, **options: Any) -> None:
    """An opened data set gives what a loaded one does, in whatever pieces."""
    assert isinstance(opened, StoredData)
    loaded = load_dataset(path, **options)
    for name in ("spec", "count", "levels", "shape", "array_bytes", "raw_bytes", "warnings"):
        assert getattr(opened, name) == getattr(loaded, name), name
    assert [entry.name for entry in opened.side] == [entry.name for entry in loaded.side]
    count = loaded.count
    for rows in (
        slice(None), slice(3, 9), slice(5, 5), np.arange(count)[::-1], np.array([4, 5, 6, 1, 2]),
    ):  # fmt: skip
        taken = opened.take(rows)
        assert np.array_equal(taken, loaded.take(rows)) and taken.dtype == np.uint8
        assert taken.flags.c_contiguous


def halves(first: int, second: int) -> NDArray[np.uint8]:
    return np.repeat(np.array([first, second], np.uint8), 8 * 16).reshape(16, 4, 4)


GREY = np.random.default_rng(0).integers(0, 256, (COUNT, 4, 5), np.uint8)
ARRAYS = {
    "binary": blobs(COUNT, 1)[:, 0],
    "ends": blobs(COUNT, 1)[:, 0] * np.uint8(255),
    "black, then white": halves(0, 255),
    "ones, then more": halves(1, 255),
    "bool": blobs(COUNT, 1)[:, 0] == 1,
    "grey": GREY,
    "nhwc": np.random.default_rng(1).integers(0, 256, (COUNT, 4, 5, 3), np.uint8),
    "nchw": np.random.default_rng(1).integers(0, 256, (COUNT, 3, 5, 4), np.uint8),
    "none": np.zeros((0, 4, 4), np.uint8),
}  # fmt: skip


@pytest.mark.parametrize("name", ARRAYS)
def test_npy(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npy"
    np.save(path, ARRAYS[name])
    monkeypatch.setattr(stored, "SCAN_BYTES", 100)  # several pieces, each of some images
    opened = open_dataset(path)
    if ARRAYS[name].size:
        assert_same(opened, path)
    assert opened.spec == load_dataset(path).spec


def test_idx_and_folder(tmp_path: Path) -> None:
    path = tmp_path / "images-idx3"
    path.write_bytes(idx(GREY))
    assert_same(open_dataset(path), path)
    for name, images in (("grey", GREY), ("colour", ARRAYS["nhwc"]), ("bilevel", ARRAYS["bool"])):
        folder(tmp_path / name, images)
        (tmp_path / name / "note.txt").touch()
        assert_same(open_dataset(tmp_path / name), tmp_path / name)


def test_what_cannot_stay_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a"
    np.savez(tmp_path / "a.npz", x=GREY)
    (tmp_path / "a.npz").rename(path)
    assert isinstance(open_dataset(path), DataSet)
    path.write_bytes(gzip.compress(idx(GREY)))
    assert isinstance(open_dataset(path), DataSet)
    with path.open("wb") as file:
        np.save(file, np.asfortranarray(GREY))
    assert isinstance(open_dataset(path), DataSet)


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense", idx(GREY)[:-1], idx(GREY) + b"x", b"\x93NUMPY\x01\x00v\x00{"],
)
def test_bad_files_are_refused_as_when_loaded(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(DataError) as opened:
        open_dataset(path)
    with pytest.raises(DataError) as loaded:
        load_dataset(path)
    assert str(opened.value) == str(loaded.value)
    for bad in (tmp_path / "missing", tmp_path):
        with pytest.raises(DataError):
            open_dataset(bad)


def test_other_arrays_than_images_are_refused(tmp_path: Path) -> None:
    for array in (np.zeros(9), np.zeros((3, 4, 4), complex), np.zeros((2, 0, 3), np.uint8)):
        np.save(tmp_path / "a.npy", array)
        with pytest.raises(DataError):
            open_dataset(tmp_path / "a.npy")
    np.save(tmp_path / "a.npy", GREY)
    with pytest.raises(DataError, match="no array is named"):
        open_dataset(tmp_path / "a.npy", images="y")


def test_a_changed_image_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, GREY)
    opened = open_dataset(path)
    other = GREY.copy()
    other[5, 0, 0] ^= 1
    np.save(path, other)
    assert np.array_equal(opened.take(slice(0, 5))[:, 0], GREY[:5])
    for rows in (slice(5, 6), slice(None), np.array([1, 5])):
        with pytest.raises(DataError, match="has changed since it was read"):
            opened.take(rows)
    again = open_dataset(path)
    assert isinstance(opened, StoredData) and isinstance(again, StoredData)
    assert not opened.same_images(again) and again.same_images(again)


def test_a_file_that_shrinks_or_goes_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, GREY)
    opened = open_dataset(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"has become shorter \(offset 558\)"):
        opened.take(slice(20, 23))
    path.unlink()
    with pytest.raises(DataError, match="cannot be read: No such file"):
        opened.take(slice(0, 1))


def test_a_folder_s_images_are_of_one_size(tmp_path: Path) -> None:
    folder(tmp_path / "f", GREY)
    image = pytest.importorskip("PIL.Image")
    image.fromarray(GREY[0][:2]).save(tmp_path / "f" / "007.png")
    with pytest.raises(DataError, match=r"'007.png' is 5 x 2 L, but '000.png' is 5 x 4 L"):
        open_dataset(tmp_path / "f")
