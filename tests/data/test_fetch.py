"""Fetching: digests, caps, collisions, and the static draw."""

from __future__ import annotations

import gzip
import io
import os
import urllib.error
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_mnist import FILES, TEST, TRAIN, shrink, write_files

from acncodec.data.catalogue import CATALOGUE, MNIST, DataSource
from acncodec.data.fetch import fetch
from acncodec.errors import DataError, OutputError
from acncodec.images.binarise import binarise


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    write_files(folder)
    return folder


@pytest.fixture
def source(origin: Path) -> DataSource:
    return shrink(origin)


def test_the_files_and_the_splits_are_written(
    source: DataSource, origin: Path, tmp_path: Path
) -> None:
    stages = []
    folder = tmp_path / "deep" / "out"
    written = fetch(
        source, folder, origin=origin, progress=lambda stage, share: stages.append((stage, share))
    )
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in written)
    for name in FILES:
        assert (folder / name).read_bytes() == (origin / name).read_bytes()
    assert {stage for stage, share in stages if share == 1.0} == set(FILES)
    for split, count in zip(source.splits, (TRAIN, TEST), strict=True):
        grey = gzip.decompress((origin / split.images).read_bytes())[16:]
        labels = gzip.decompress((origin / split.labels).read_bytes())[8:]
        with np.load(folder / split.output) as arrays:
            x = np.frombuffer(grey, np.uint8).reshape(count, 4, 4)
            expected = np.random.default_rng(split.seed).random(x.shape) < x / 255.0
            assert arrays["x"].dtype == np.uint8
            assert np.array_equal(arrays["x"], expected)
            assert arrays["y"].tobytes() == labels


def test_another_digest_is_refused(source: DataSource, origin: Path, tmp_path: Path) -> None:
    content = bytearray(gzip.decompress((origin / FILES[2]).read_bytes()))
    content[-1] ^= 1
    (origin / FILES[2]).write_bytes(gzip.compress(bytes(content)))
    with pytest.raises(DataError, match=f"{FILES[2]}.*MD5.*not {source.files[2].md5_unpacked}"):
        fetch(source, tmp_path / "out", origin=origin)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "not gzip", "too large", "bomb", "missing"])
def test_bad_files_are_refused(
    source: DataSource, origin: Path, tmp_path: Path, damage: str
) -> None:
    path = origin / FILES[0]
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:-9])
    elif damage == "not gzip":
        path.write_bytes(b"<html>no such file</html>")
    elif damage == "too large":
        path.write_bytes(content + os.urandom(source.files[0].packed_limit))
    elif damage == "bomb":
        path.write_bytes(gzip.compress(gzip.decompress(content) + b"\0" * 1_000_000))
    else:
        path.unlink()
    with pytest.raises(DataError, match=FILES[0]):
        fetch(source, tmp_path / "out", origin=origin)
    assert list((tmp_path / "out").iterdir()) == []


def test_existing_files_are_refused(source: DataSource, origin: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    mine = folder / "test-binary.npz"
    mine.write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"test-binary\.npz: exists"):
        fetch(source, folder, origin=origin)
    assert [path.name for path in folder.iterdir()] == [mine.name]
    fetch(source, folder, origin=origin, force=True)
    assert mine.read_bytes() != b"mine"


def test_the_origin_is_not_the_target(source: DataSource, origin: Path) -> None:
    with pytest.raises(OutputError):
        fetch(source, origin, origin=origin, force=True)


def test_the_network_is_asked_for_each_file(
    source: DataSource, origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def urlopen(url: str, timeout: float) -> Any:
        asked.append(url)
        return io.BytesIO((origin / url.rsplit("/", 1)[1]).read_bytes())

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    fetch(source, tmp_path / "out")
    assert asked == [source.url + name for name in FILES]


def test_without_network_the_error_names_the_way_out(
    source: DataSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def urlopen(url: str, timeout: float) -> Any:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    with pytest.raises(DataError, match=r"no route.*--from"):
        fetch(source, tmp_path / "out")


def test_the_draw_has_the_right_frequencies() -> None:
    grey = np.full((100, 100), 51, np.uint8)
    drawn = binarise(grey, seed=1)
    assert drawn.dtype == np.uint8
    assert drawn.mean() == pytest.approx(0.2, abs=0.02)
    assert not binarise(np.zeros((4, 4), np.uint8), 1).any()
    assert binarise(np.full((4, 4), 255, np.uint8), 1).all()


def test_the_catalogue() -> None:
    assert CATALOGUE == {"mnist": MNIST}
    assert MNIST.url.startswith("https://")
    assert [split.seed for split in MNIST.splits] == [2019, 2018]
