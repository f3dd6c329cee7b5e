"""A reader written from docs/FORMAT.md alone agrees with the package: the page says enough."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from reading import decoded
from second_reader import Malformed, read
from second_reader.labels import pop_classes
from second_reader.stack import Stack as SecondStack

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.coding.labels import Labels
from acncodec.coding.neighbours import Neighbours
from acncodec.container import SectionType, read_header
from acncodec.images import load_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.stack.ans import Stack

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "v1"
MODEL = GOLDEN / "model.safetensors"
TABLES = ROOT / "acncodec" / "arithmetic" / "tables.safetensors"
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


@pytest.mark.parametrize("name", ["any-set-torchac", "keep-tour-torchac"])
def test_it_reads_the_coder_torchac_without_torchac(name: str) -> None:
    folder = GOLDEN.parent / "v2"
    with np.load(folder / "arrays.npz") as file:
        wanted = dict(file)
    given = read(folder / f"{name}.acn", folder / "model.safetensors", TABLES)
    assert list(given) == list(wanted) and rows(given) == rows(wanted)
    if name.startswith("keep"):
        np.testing.assert_array_equal(given["x"], wanted["x"])


def test_a_chunk_that_is_not_what_its_symbols_give(tmp_path: Path) -> None:
    folder = GOLDEN.parent / "v2"
    path, model = folder / "any-set-torchac.acn", folder / "model.safetensors"
    data = path.read_bytes()
    (found,) = [one for one in read_header(path).sections if one.kind == SectionType.STACK]
    start, end = found.offset, found.offset + found.file_bytes - 4
    for at in (*range(start + 10, end, 97), end - 1):
        changed = flipped(data, at, at % 8)
        crc = struct.pack("<I", zlib.crc32(changed[start:end]))
        rejects(changed[:end] + crc + changed[end + 4 :], tmp_path / "changed.acn", model)


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
    pixels = decoded(path, FrozenModel.load(MODEL)).pixels
    np.testing.assert_array_equal(given["x"], pixels.reshape(given["x"].shape))


@pytest.mark.parametrize("strategy", ["set", "urn", "tour", "iid"])
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
    order = "any" if strategy in ("set", "urn") else "keep"
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


@pytest.mark.parametrize(("alpha", "kernel"), [(2, 0), (5, 11)])
def test_it_reads_an_urn(alpha: int, kernel: int, tmp_path: Path) -> None:
    images = np.unique(np.load(GOLDEN / "arrays.npz")["x"], axis=0)
    source, archive = tmp_path / "a.npz", tmp_path / "a.acn"
    np.savez(source, x=np.concatenate([images, np.unique(1 - images, axis=0)]))
    data = load_dataset(source)
    with archive.open("wb") as file:
        options = CompressOptions("any", "urn", alpha=alpha, kernel=kernel)
        stats = compress_dataset(data, FrozenModel.load(MODEL), options, file)
    assert stats.distinct > 80  # several batches see earlier ones, the last more than 64 images
    given = read(archive, MODEL, TABLES)["x"]
    pixels = decoded(archive, FrozenModel.load(MODEL)).pixels
    np.testing.assert_array_equal(given, pixels.reshape(given.shape))
    wrong = archive.read_bytes()
    for stated in (1, 8):
        changed = wrong[:8] + struct.pack("<H", stated) + wrong[10:]
        end = 14 + struct.unpack_from("<I", wrong, 10)[0]
        changed = changed[:end] + struct.pack("<I", zlib.crc32(changed[:end])) + changed[end + 4 :]
        rejects(changed, tmp_path / "version.acn")
    for at in range(end + 30, len(wrong), 97):
        rejects(flipped(wrong, at, at % 8), tmp_path / "flipped.acn")


def labelled(path: Path, order: str) -> dict[str, np.ndarray]:
    """Write an archive with labels to `path`, and say what is in it."""
    rng = np.random.default_rng(1)
    kinds = rng.integers(0, 6, 150)
    images = (rng.random((6, 8, 8)) < 0.4)[kinds] ^ (rng.random((150, 8, 8)) < 0.02)
    images[100:] = images[50:100]
    kinds[100:140] = kinds[50:90]  # ten repeats have another label than their first
    arrays = {
        "fine": (kinds * 1000 - 3).astype(">i4"),
        "x": images.astype(np.uint8),
        "note": np.array(["any"]),
        "column": (kinds % 2 == 0)[:, None],
    }
    np.savez(path.with_suffix(".npz"), **arrays)
    data = load_dataset(path.with_suffix(".npz"))
    with path.open("wb") as file:
        compress_dataset(data, FrozenModel.load(MODEL), CompressOptions(order, "iid"), file)
    assert read_header(path).header.labels == (0, 2)
    return arrays


@pytest.mark.parametrize("order", ["keep", "any"])
def test_it_reads_labels(order: str, tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    arrays = labelled(path, order)
    given = read(path, MODEL, TABLES)
    assert list(given) == list(arrays)
    for name, array in arrays.items():
        assert given[name].dtype == array.dtype and given[name].shape == array.shape
        if order == "keep":
            np.testing.assert_array_equal(given[name], array)
    back = decoded(path, FrozenModel.load(MODEL))
    for side in back.side:
        np.testing.assert_array_equal(given[side.name], side.array)
    np.testing.assert_array_equal(given["x"], back.pixels[:, 0])


def test_labels_changed_under_a_right_crc_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    labelled(path, "keep")
    data = path.read_bytes()
    (found,) = [one for one in read_header(path).sections if one.kind == SectionType.LABELS]
    start, end = found.offset, found.offset + found.file_bytes - 4
    for at in (*range(start + 11, start + 40, 4), *range(start + 40, end, 41), end - 1):
        changed = flipped(data, at, at % 8)
        crc = struct.pack("<I", zlib.crc32(changed[start:end]))
        rejects(changed[:end] + crc + changed[end + 4 :], tmp_path / "changed.acn")


def test_counts_of_labels_are_halved_alike() -> None:
    classes = np.zeros(66_000, np.int64)
    classes[::1000] = 1 + np.arange(66) % 2
    indexes, weights = np.arange(66_000)[:, None] - 1, np.full((66_000, 1), 2**14)
    weights[0] = 0
    stack = Stack.seeded(bytes(32))
    Labels(Neighbours(indexes, weights), 3).push(stack, classes)
    votes: list[list[tuple[int, int]]] = [[], *([(i, 2**14)] for i in range(65_999))]
    theirs = SecondStack(stack.words().tolist())
    assert pop_classes(theirs, votes, 3) == classes.tolist()
    assert theirs.words() == [0] * 8 + [1]


@pytest.mark.parametrize("strategy", ["set", "tour", "iid"])
def test_it_reads_shards(strategy: str, tmp_path: Path) -> None:
    order = "any" if strategy == "set" else "keep"
    archive = tmp_path / "a.acn"
    data, model = load_dataset(GOLDEN / "arrays.npz"), FrozenModel.load(MODEL)
    with archive.open("wb") as file:
        options = CompressOptions(order, strategy, shard_size=17)
        compress_dataset(data, model, options, file)
    pixels = decoded(archive, model).pixels
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
