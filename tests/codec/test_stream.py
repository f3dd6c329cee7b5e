"""Shards one after the other: the same bytes and arrays as all at once, and few in memory."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from reading import decoded, holds_in, npz_of, verified
from tiny import blobs

from acncodec.codec import CompressOptions, Contents, compress_dataset
from acncodec.container import SectionType, read_archive, read_header, write_archive
from acncodec.errors import CorruptionError, DataError
from acncodec.images import DataSet, ImageSpec, SideArray, load_dataset, open_dataset, save_npz
from acncodec.models.frozen import FrozenModel

COUNT, SHARD = 50, 12
SPEC = ImageSpec("x", "uint8", "nhw", (0, 255), 1)


def dataset() -> DataSet:
    """Images with repeats within and between shards, rows before and a note behind them."""
    pixels = blobs(COUNT, 3)
    pixels[[7, 8, 41]] = pixels[[2, 2, 0]]
    rows = np.random.default_rng(0).normal(size=(COUNT, 2))
    note = SideArray("note", np.array(["kept", "whole"]), aligned=False)
    return DataSet(pixels, SPEC, (SideArray("y", rows, aligned=True), note))


def packed(
    data: DataSet, model: FrozenModel, folder: Path, order: str = "keep", size: int | None = SHARD
) -> Path:
    path = folder / "a.acn"
    with path.open("wb") as file:
        options = CompressOptions(order, threads=2, shard_size=size)
        compress_dataset(data, model, options, file)
    return path


def npz(path: Path, model: FrozenModel, threads: int = 2) -> dict[str, NDArray[np.uint8]]:
    file = io.BytesIO()
    npz_of(path, model, file, threads)
    file.seek(0)
    with np.load(file) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("size", [None, SHARD])
def test_an_npz_in_parts_is_the_npz_at_once(
    tiny_model: FrozenModel, tmp_path: Path, order: str, size: int | None
) -> None:
    path, whole = packed(dataset(), tiny_model, tmp_path, order, size), io.BytesIO()
    save_npz(whole, decoded(path, tiny_model))
    whole.seek(0)
    with np.load(whole) as expected:
        for threads in (1, 2):
            got = npz(path, tiny_model, threads)
            assert list(got) == list(expected) == ["y", "x", "note"]
            for name in got:
                assert got[name].dtype == expected[name].dtype
                assert got[name].tobytes() == expected[name].tobytes()
                assert got[name].shape == expected[name].shape
    assert verified(path, tiny_model) == Contents(COUNT, (1, 8, 8), 2)


def test_no_images_in_parts(tiny_model: FrozenModel, tmp_path: Path) -> None:
    data = DataSet(np.zeros((0, 1, 8, 8), np.uint8), replace(SPEC, position=0))
    (array,) = npz(packed(data, tiny_model, tmp_path), tiny_model).values()
    assert array.shape == (0, 8, 8) and array.dtype == np.uint8


@pytest.mark.parametrize("order", ["keep", "any"])
def test_stored_images_make_the_same_archive(
    tiny_model: FrozenModel, tmp_path: Path, order: str
) -> None:
    source = tmp_path / "a.npy"
    np.save(source, dataset().pixels[:, 0] * np.uint8(255))
    archives = []
    for data in (load_dataset(source), open_dataset(source)):
        for threads in (1, 3):
            file = io.BytesIO()
            options = CompressOptions(order, threads=threads, shard_size=SHARD)
            compress_dataset(data, tiny_model, options, file)
            archives.append(file.getvalue())
    assert len(set(archives)) == 1
    path = tmp_path / "a.acn"
    path.write_bytes(archives[0])
    assert holds_in(path, open_dataset(source), tiny_model)


class Watched:
    """Counts how many images are taken at once, and in all."""

    def __init__(self, data: DataSet) -> None:
        self._data, self.most, self.total = data, 0, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._data, name)

    def take(self, rows: slice | NDArray[np.int64]) -> NDArray[np.uint8]:
        taken = self._data.take(rows)
        self.most, self.total = max(self.most, len(taken)), self.total + len(taken)
        return taken


def test_only_shards_are_read(tiny_model: FrozenModel, tmp_path: Path) -> None:
    watched = Watched(dataset())
    path = packed(watched, tiny_model, tmp_path)  # type: ignore[arg-type]
    assert (watched.most, watched.total) == (SHARD, COUNT)
    assert holds_in(path, watched, tiny_model)  # type: ignore[arg-type]
    assert (watched.most, watched.total) == (SHARD, 2 * COUNT)


@pytest.mark.parametrize("order", ["keep", "any"])
def test_holds_tells_every_difference(tiny_model: FrozenModel, tmp_path: Path, order: str) -> None:
    data = dataset()
    path = packed(data, tiny_model, tmp_path, order)
    assert holds_in(path, data, tiny_model)
    pixels, (rows, note) = data.pixels.copy(), data.side
    pixels[33, 0, 2, 2] ^= 1
    turned = replace(rows, array=rows.array[::-1])
    for other in (
        replace(data, pixels=pixels),
        replace(data, side=(turned, note)),
        replace(data, side=(replace(rows, name="z"), note)),
        replace(data, side=(replace(rows, array=rows.array.astype(">f8")), note)),
        replace(data, side=(rows, replace(note, array=np.array(["kept", "Whole"])))),
        replace(data, spec=replace(SPEC, position=0)),
        DataSet(data.pixels[:-1], SPEC, (replace(rows, array=rows.array[:-1]), note)),
    ):
        assert not holds_in(path, other, tiny_model)
    shuffled = np.random.default_rng(0).permutation(COUNT)
    other = replace(
        data, pixels=data.pixels[shuffled],
        side=(replace(rows, array=rows.array[shuffled]), note),
    )  # fmt: skip
    assert holds_in(path, other, tiny_model) == (order == "any")


@pytest.mark.parametrize("threads", [1, 3])
def test_a_shard_with_another_digest_ends_it(
    tiny_model: FrozenModel, tmp_path: Path, threads: int
) -> None:
    """Under a right CRC: the shards before it were written, and the error is that of the first."""
    path = packed(dataset(), tiny_model, tmp_path)
    archive = read_archive(path)
    sections = [
        replace(section, payload=bytes([section.payload[0] ^ 1]) + section.payload[1:])
        if section.kind == SectionType.STACK and section.shard >= 2
        else section
        for section in archive.sections
    ]
    with path.open("wb") as file:
        write_archive(file, archive.header, sections)
    for call in (
        lambda: npz_of(path, tiny_model, io.BytesIO(), threads),
        lambda: verified(path, tiny_model, threads),
        lambda: decoded(path, tiny_model, threads),
    ):
        with pytest.raises(CorruptionError, match="shard 2: the decoded images do not match"):
            call()


def test_a_source_that_changes_while_it_is_coded_is_an_error(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    source = tmp_path / "a.npy"
    for order in ("keep", "any"):
        np.save(source, dataset().pixels[:, 0])
        data = open_dataset(source)

        def change(stage: str, _share: float) -> None:
            if stage == "coding":
                np.save(source, 1 - dataset().pixels[:, 0])

        options = CompressOptions(order, threads=1, shard_size=SHARD)
        with pytest.raises(DataError, match="the input has changed since it was read"):
            compress_dataset(data, tiny_model, options, io.BytesIO(), change)


def test_labels_given_all_images_come_in_one_part(
    copying_model: FrozenModel, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    which = rng.integers(0, 5, 200)
    pixels = blobs(5, 8)[which] ^ (rng.random((200, 1, 8, 8)) < 0.02)
    spec = replace(SPEC, position=0)
    data = DataSet(pixels, spec, (SideArray("y", which, aligned=True),))
    path = packed(data, copying_model, tmp_path, size=None)
    assert read_header(path).header.labels
    got = npz(path, copying_model)
    assert np.array_equal(got["y"], which) and np.array_equal(got["x"], pixels[:, 0] * 255)
    assert holds_in(path, data, copying_model)
    other = replace(data, side=(replace(data.side[0], array=which[::-1]),))
    assert not holds_in(path, other, copying_model)
