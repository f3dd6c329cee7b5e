"""Fetching: digests, caps, collisions, and the static draw."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import urllib.error
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_mnist import FILES, TEST, TRAIN, shrink, write_files

from acncodec.data.catalogue import Bundle, DataSource, RemoteFile
from acncodec.data.fetch import fetch
from acncodec.errors import DataError, OutputError


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
    assert written.missing == ()
    names = sorted(path.name for path in written.paths)
    assert sorted(path.name for path in folder.iterdir()) == names
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
    wanted = source.files[2].digest.removeprefix("md5:")
    with pytest.raises(DataError, match=f"{FILES[2]}.*MD5 of the unpacked.*not {wanted}"):
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
        path.write_bytes(content + os.urandom(source.files[0].limit))
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


def test_unpacked_files_will_do(source: DataSource, origin: Path, tmp_path: Path) -> None:
    for name in FILES:
        unpacked = gzip.decompress((origin / name).read_bytes())
        (origin / name.removesuffix(".gz")).write_bytes(unpacked)
        (origin / name).unlink()
        wanted = unpacked
    fetch(source, tmp_path / "out", origin=origin)
    assert gzip.decompress((tmp_path / "out" / FILES[-1]).read_bytes()) == wanted
    (origin / FILES[0].removesuffix(".gz")).write_bytes(wanted + b"\0")
    with pytest.raises(DataError, match=FILES[0]):
        fetch(source, tmp_path / "other", origin=origin)


def test_all_that_is_missing_is_named_at_once(
    source: DataSource, origin: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (origin / FILES[0]).unlink()
    (origin / FILES[1]).unlink()
    with pytest.raises(
        DataError, match=f"no {FILES[0]}, no {FILES[1]}; with --partial the other 2"
    ):
        fetch(source, out, origin=origin)
    assert list(out.iterdir()) == []
    written = fetch(source, out, origin=origin, partial=True)
    assert written.missing == FILES[:2]
    assert sorted(path.name for path in out.iterdir()) == sorted([*FILES[2:], "test-binary.npz"])
    for name in FILES[2:]:
        (origin / name).unlink()
    with pytest.raises(DataError, match=f"no {FILES[3]}$"):
        fetch(source, tmp_path / "none", origin=origin, partial=True)


def tar(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def bundled_source(source: DataSource, packed: bytes) -> DataSource:
    bundle = Bundle(RemoteFile("all.tar.gz", sha256(packed), len(packed)), "batches")
    return replace(source, bundle=bundle)


@pytest.mark.parametrize("way", ["bundle", "unpacked bundle", "network"])
def test_files_that_are_published_in_one(
    source: DataSource, origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    contents = {name: (origin / name).read_bytes() for name in FILES}
    packed = tar({f"batches/{name}": content for name, content in contents.items()})
    bundled, folder, out = bundled_source(source, packed), tmp_path / "folder", tmp_path / "out"
    folder.mkdir()
    if way == "unpacked bundle":
        origin.rename(folder / "batches")
    elif way == "bundle":
        (folder / "all.tar.gz").write_bytes(packed)
    asked = []

    def urlopen(url: str, timeout: float) -> Any:
        asked.append(url)
        return io.BytesIO(packed)

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    fetch(bundled, out, origin=None if way == "network" else folder)
    for name, content in contents.items():
        assert (out / name).read_bytes() == content
    assert not (out / "all.tar.gz").exists()
    assert asked == ([f"{source.url}all.tar.gz"] if way == "network" else [])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda members: members | {f"batches/{FILES[1]}": b"other"}, f"{FILES[1]}.*gzip"),
        (lambda members: dict(list(members.items())[1:]), "all.tar.gz: cannot be unpacked"),
    ],
)
def test_a_bundle_of_other_files_is_refused(
    source: DataSource, origin: Path, tmp_path: Path, spoil: Any, message: str
) -> None:
    packed = tar(spoil({f"batches/{name}": (origin / name).read_bytes() for name in FILES}))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "all.tar.gz").write_bytes(packed)
    with pytest.raises(DataError, match=message):
        fetch(bundled_source(source, packed), tmp_path / "out", origin=folder)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_link_in_a_bundle_leads_nowhere(source: DataSource, origin: Path, tmp_path: Path) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name in FILES:
            member = tarfile.TarInfo(f"batches/{name}")
            member.type, member.linkname = tarfile.SYMTYPE, str(origin / name)
            archive.addfile(member)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "all.tar.gz").write_bytes(file.getvalue())
    with pytest.raises(DataError, match=r"all\.tar\.gz"):
        fetch(bundled_source(source, file.getvalue()), tmp_path / "out", origin=folder)


def test_files_that_are_only_made_use_of_are_not_kept(
    source: DataSource, origin: Path, tmp_path: Path
) -> None:
    fetch(replace(source, keep=False), tmp_path / "out", origin=origin)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["test-binary.npz", "train-binary.npz"]
