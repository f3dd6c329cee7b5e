from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import acncodec.images
from acncodec.errors import DataError
from acncodec.images import load_dataset, save_npz
from acncodec.images.classes import find_labels

X = np.random.default_rng(5).integers(0, 2, (6, 4, 5), dtype=np.uint8)
SQUARE = np.random.default_rng(6).integers(0, 256, (6, 3, 5, 3), dtype=np.uint8)
IDX = bytes([0, 0, 8, 3]) + struct.pack(">3I", *X.shape) + X.tobytes()


def test_public_names() -> None:
    names = (
        "DataSet DataSource ImageSpec MAX_BYTES MixedData SideArray StoredData check_together"
        " load_any load_dataset load_folder load_idx load_npz load_several load_together"
        " mixed_from_arrays open_any open_dataset raw_view read_npy recognise save_in_parts"
        " save_npz write_npy"
    )
    assert sorted(acncodec.images.__all__) == names.split()
    assert all(hasattr(acncodec.images, name) for name in names.split())


def write(path: Path, kind: str) -> None:
    if kind == "npy":
        with path.open("wb") as file:
            np.save(file, X)
    elif kind == "npz":
        with path.open("wb") as file:
            np.savez(file, x=X)
    else:
        path.write_bytes(gzip.compress(IDX) if kind == "gz" else IDX)


@pytest.mark.parametrize("kind", ["npy", "npz", "gz", "idx"])
def test_content_decides_not_the_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "data.png"
    write(path, kind)
    data = load_dataset(path)
    assert data.spec.name == "x"
    assert np.array_equal(data.spec.to_array(data.pixels), X)


def test_every_kind_of_image_comes_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    for dtype in (np.uint8, np.uint16, np.dtype(">u2")):
        array = rng.integers(0, np.iinfo(dtype).max + 1, (6, 9, 5, 3)).astype(dtype)
        for given in (array, array[..., 0].copy(), array[..., :1].repeat(3, 3)):
            path, again = tmp_path / "a.npy", tmp_path / "b.npz"
            np.save(path, given)
            data = load_dataset(path)
            with again.open("wb") as file:
                save_npz(file, data)
            with np.load(again) as back:
                assert back["x"].dtype == given.dtype
                assert np.array_equal(back["x"], given)


def test_medmnist_needs_to_be_told_which_split(tmp_path: Path) -> None:
    path = tmp_path / "pathmnist.npz"
    rng = np.random.default_rng(8)
    arrays = {}
    for split, count in (("train", 9), ("val", 3), ("test", 4)):
        arrays[f"{split}_images"] = rng.integers(0, 256, (count, 28, 28, 3), np.uint8)
    for split, count in (("train", 9), ("val", 3), ("test", 4)):
        arrays[f"{split}_labels"] = rng.integers(0, 9, (count, 1), np.uint8)
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=r"'train_images'.*'val_images'.*'test_images'.*--images"):
        load_dataset(path)
    data = load_dataset(path, images="val_images")
    assert (data.count, data.shape, data.spec.position) == (3, (3, 28, 28), 1)
    follow = [side.name for side in data.side if side.aligned]
    assert follow == ["val_labels"]
    assert np.array_equal(find_labels(data), arrays["val_labels"][:, 0])


def test_a_folder(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    for index, pixels in enumerate(X * 255):
        image.fromarray(pixels).save(tmp_path / f"{index}.png")
    (tmp_path / "notes").write_text("hello")
    data = load_dataset(tmp_path)
    assert data.spec.values == (0, 255)
    assert [(side.name, side.aligned) for side in data.side] == [("names", True)]
    assert len(data.warnings) == 1


def test_options_reach_the_recogniser(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, x=X, b=SQUARE, y=np.arange(6))
    data = load_dataset(path, images="b", layout="nchw", not_aligned=["y"], aligned=["x"])
    assert data.spec.name == "b"
    assert data.shape == (3, 5, 3)
    assert [(side.name, side.aligned) for side in data.side] == [("x", True), ("y", False)]
    assert "'x' looks like images too" in data.warnings[0]
    with pytest.raises(DataError, match="'z'"):
        load_dataset(path, images="z")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"hello, world", "unknown content"),
        (b"\0\0\0\0", "unknown content"),
        (b"\0", "unknown content"),
        (b"\x93NUMPY", "truncated"),
        (b"PK\3\4", "corrupt"),
        (b"PK\5\6" + bytes(18), "no arrays"),
        (b"\x1f\x8b", "gzip"),
    ],
)
def test_bad_content(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "data"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_dataset(path)


def test_bad_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="No such file"):
        load_dataset(tmp_path / "missing")
    with pytest.raises(DataError, match="cannot be read"):
        load_dataset(Path("a\0b"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="neither a file nor a folder"):
        load_dataset(tmp_path / "pipe")

    def refuse(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "data").write_bytes(IDX)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        load_dataset(tmp_path / "data")


def test_there_and_back(tmp_path: Path) -> None:
    path, again = tmp_path / "a.npz", tmp_path / "b.npz"
    np.savez(path, y=np.arange(6), x=X.astype(bool), z=np.array([np.nan], dtype=np.float32))
    with again.open("wb") as file:
        save_npz(file, load_dataset(path))
    with np.load(path) as before, np.load(again) as after:
        assert before.files == after.files
        for name in before.files:
            assert before[name].dtype == after[name].dtype
            assert before[name].tobytes() == after[name].tobytes()


def test_images_stay_on_disk_where_others_are_left_out(tmp_path: Path) -> None:
    from acncodec.images import StoredData, open_dataset

    path = tmp_path / "data_batch_1.bin"
    records = np.random.default_rng(9).integers(0, 10, (3, 3073), dtype=np.uint8)
    path.write_bytes(records.tobytes())
    for skip, names in (([], ["labels"]), (["labels"], [])):
        data = open_dataset(path, skip=skip)
        assert isinstance(data, StoredData)
        assert [entry.name for entry in data.side] == names
        assert np.array_equal(data.take(slice(None)), records[:, 1:].reshape(3, 3, 32, 32))
    with pytest.raises(DataError, match="--skip 'y': there is no such array"):
        open_dataset(path, skip=["y"])


def test_bytes_of_chunks_follow_no_image_though_they_are_as_many(tmp_path: Path) -> None:
    """In whatever file they came back."""
    path = tmp_path / "a.npz"
    arrays = {"x": X, "chunks": np.arange(6, dtype=np.uint8), "chunks_of": np.zeros(6, np.uint8)}
    np.savez(path, **arrays)
    assert [(side.name, side.aligned) for side in load_dataset(path).side] == [
        ("chunks", False), ("chunks_of", True)
    ]  # fmt: skip
    said = load_dataset(path, aligned=["chunks"]).side[0]
    assert (said.name, said.aligned) == ("chunks", True)
