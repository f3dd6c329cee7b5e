"""A reader written from docs/FORMAT.md alone agrees with the package: the page says enough."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from second_reader import Malformed, read

from acncodec.codec import CompressOptions, compress_dataset, decompress_archive
from acncodec.exact.model import FrozenModel
from acncodec.images import load_dataset

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "v1"
MODEL = GOLDEN / "model.safetensors"
TABLES = ROOT / "acncodec" / "exact" / "tables.safetensors"
CASES = sorted(GOLDEN.glob("*.acn"))
SMALLEST = GOLDEN / "keep-iid.acn"

golden = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)


def rows(arrays: dict[str, np.ndarray]) -> list[tuple[bytes, int]]:
    pairs = zip(arrays["x"], arrays["y"].tolist(), strict=True)
    return sorted((image.tobytes(), label) for image, label in pairs)


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def rejects(data: bytes, path: Path, model: Path = MODEL) -> None:
    path.write_bytes(data)
    with pytest.raises(Malformed):
        read(path, model, TABLES)


def test_there_are_four_golden_files() -> None:
    assert [path.stem for path in CASES] == ["any-set", "any-tour", "keep-iid", "keep-tour"]


@golden
def test_it_reads_what_was_compressed_and_what_the_package_reads(path: Path) -> None:
    with np.load(GOLDEN / "arrays.npz") as file:
        wanted = dict(file)
    given = read(path, MODEL, TABLES)
    assert list(given) == list(wanted)
    for name, array in wanted.items():
        assert given[name].dtype == array.dtype and given[name].shape == array.shape
    np.testing.assert_array_equal(given["names"], wanted["names"])
    assert rows(given) == rows(wanted)
    if path.stem.startswith("keep"):
        np.testing.assert_array_equal(given["x"], wanted["x"])
        np.testing.assert_array_equal(given["y"], wanted["y"])
    pixels = decompress_archive(path, FrozenModel.load(MODEL)).pixels
    np.testing.assert_array_equal(given["x"], pixels.reshape(given["x"].shape))


@pytest.mark.parametrize("strategy", ["set", "tour", "iid"])
@pytest.mark.parametrize("case", ["many repeats", "one image", "no image", "levels", "nchw"])
def test_it_reads_what_the_package_writes(case: str, strategy: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    bits = rng.random((6, 8, 8)) < 0.4
    images = {
        "many repeats": bits[rng.integers(0, 6, 300)],
        "one image": bits[:1],
        "no image": np.zeros((0, 8, 8), np.uint8),
        "levels": bits.astype(np.uint8) * 255,
        "nchw": bits[:, None].astype(np.uint8),
    }[case]
    arrays = {"labels": np.zeros(7), "images": images}
    source, archive = tmp_path / "a.npz", tmp_path / "a.acn"
    np.savez(source, **arrays)
    order = "any" if strategy == "set" else "keep"
    with archive.open("wb") as file:
        options = CompressOptions(order, strategy)
        compress_dataset(load_dataset(source), FrozenModel.load(MODEL), options, file)
    given = read(archive, MODEL, TABLES)
    assert list(given) == list(arrays)
    given_images = given["images"]
    assert given_images.dtype == images.dtype and given_images.shape == images.shape
    if order == "any":
        assert sorted(i.tobytes() for i in given_images) == sorted(i.tobytes() for i in images)
    else:
        np.testing.assert_array_equal(given_images, images)


@pytest.mark.parametrize("strategy", ["set", "tour", "iid"])
def test_it_reads_shards(strategy: str, tmp_path: Path) -> None:
    order = "any" if strategy == "set" else "keep"
    archive = tmp_path / "a.acn"
    data, model = load_dataset(GOLDEN / "arrays.npz"), FrozenModel.load(MODEL)
    with archive.open("wb") as file:
        options = CompressOptions(order, strategy, shard_size=17)
        compress_dataset(data, model, options, file)
    pixels = decompress_archive(archive, model).pixels
    np.testing.assert_array_equal(read(archive, MODEL, TABLES)["x"], pixels[:, 0])


@golden
def test_a_file_that_was_cut_is_rejected(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    for length in [*range(0, len(data), 23), len(data) - 1]:
        rejects(data[:length], tmp_path / "cut.acn")
    rejects(data + b"\0", tmp_path / "long.acn")


@golden
def test_a_flipped_bit_is_rejected(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    for at in [*range(50), *range(50, len(data), 29), len(data) - 1]:
        rejects(flipped(data, at, at % 8), tmp_path / "flipped.acn")


def test_a_stack_changed_under_a_right_crc_is_rejected(tmp_path: Path) -> None:
    data = SMALLEST.read_bytes()
    end = len(data) - 4
    at = 18 + struct.unpack_from("<I", data, 10)[0]
    while at + 15 + struct.unpack_from("<Q", data, at + 3)[0] < len(data):
        at += 15 + struct.unpack_from("<Q", data, at + 3)[0]
    for spot in (at + 11, (at + end) // 2, end - 5):
        changed = flipped(data[:end], spot)
        changed += struct.pack("<I", zlib.crc32(changed[at:]))
        rejects(changed, tmp_path / "changed.acn")


def test_another_model_is_rejected(tmp_path: Path) -> None:
    data = MODEL.read_bytes()
    model = tmp_path / "model.safetensors"
    start = 8 + int.from_bytes(data[:8], "little")
    model.write_bytes(flipped(data, start))  # the first entry of an int64 tensor
    rejects(SMALLEST.read_bytes(), tmp_path / "a.acn", model)
    model.write_bytes(data[:-1] + b"\xff")  # a lift of 255
    rejects(SMALLEST.read_bytes(), tmp_path / "a.acn", model)
