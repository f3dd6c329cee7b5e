from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from crowded import crowded_tar, crowded_zip
from pictures import GREY, png
from tiny import blobs

from acncodec.errors import DataError
from acncodec.images import MixedData, load_any, load_dataset, open_any, open_dataset
from acncodec.images import packed as module

IMAGES = blobs(6, 1)[:, 0] * np.uint8(255)
PICTURES = [(f"{at:04}.png", png(image, 8, GREY)) for at, image in enumerate(IMAGES)]
Members = list[tuple[str, bytes]]


def zipped(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: Members, mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


WAYS: dict[str, Callable[[Members], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda members: tarred(members, "w:gz"),
    "tar.bz2": lambda members: tarred(members, "w:bz2"),
    "tar.xz": lambda members: tarred(members, "w:xz"),
}
JUNK: Members = [
    ("._0000.png", b"\0\5\x16\7"), (".DS_Store", b"x"), ("Thumbs.db", b"x"),
    ("__MACOSX/._0001.png", b"\0\5\x16\7"),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_pictures_of_a_zip_or_tar_are_those_of_a_folder(tmp_path: Path, way: str) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(WAYS[way]([*JUNK, *PICTURES[::-1]]))
    for data in (load_dataset(path), open_dataset(path)):
        assert np.array_equal(data.take(slice(None))[:, 0], IMAGES // 255)
        assert data.spec.values == (0, 255)
        assert [(entry.name, entry.array.tolist()) for entry in data.side] == [
            ("names", [name for name, _ in PICTURES])
        ]
        assert data.warnings == ("4 hidden members and those of zip tools are left out",)


def test_folder_entries_are_no_files(tmp_path: Path) -> None:
    for way in (zipped, tarred):
        (tmp_path / "a").write_bytes(way([("sub/", b""), *PICTURES]))
        assert load_dataset(tmp_path / "a").warnings == ()


def test_names_that_begin_with_a_dot_and_a_slash_are_the_same(tmp_path: Path) -> None:
    """As `tar cf a.tar .` writes them."""
    members: Members = []
    for at, (name, content) in enumerate(PICTURES):
        stem = name.removesuffix(".png")
        members += [(f"./{name}", content), (f"./{stem}.cls", b"%d" % (at % 3))]
    (tmp_path / "a.tar").write_bytes(tarred(members))
    data = load_dataset(tmp_path / "a.tar")
    (labels,) = (entry.array for entry in data.side if entry.name == "cls")
    assert labels.tolist() == [0, 1, 2, 0, 1, 2] and data.warnings == ()


def test_files_of_the_same_names_are_arrays(tmp_path: Path) -> None:
    """WebDataset's shards."""
    members: Members = []
    for at, (name, content) in enumerate(PICTURES):
        stem = name.removesuffix(".png")
        members += [(name, content), (f"{stem}.cls", b"%d" % (at % 3))]
        members += [(f"{stem}.json", b'{"a": %d}' % (at * 7)), (f"{stem}.raw", b"\0")]
    (tmp_path / "a.tar").write_bytes(tarred([*members, ("README.md", b"hello")]))
    with pytest.raises(DataError, match=r"end in \.raw hold cannot be kept.*--skip raw"):
        load_dataset(tmp_path / "a.tar")
    data = load_dataset(tmp_path / "a.tar", skip=["raw"])
    found = {entry.name: (entry.array.tolist(), entry.aligned) for entry in data.side}
    assert found["cls"] == ([0, 1, 2, 0, 1, 2], True)
    assert found["json"] == ([b'{"a": %d}' % (at * 7) for at in range(6)], True)
    assert "1 other members are no pictures and are left out" in data.warnings
    with pytest.raises(DataError, match="--skip 'txt': there is no such array"):
        load_dataset(tmp_path / "a.tar", skip=["raw", "txt"])


@pytest.mark.parametrize("name", ["/a.png", "../a.png", "a/../../b.png"])
@pytest.mark.parametrize("way", [zipped, tarred])
def test_no_name_leads_out_of_the_folder(
    tmp_path: Path, way: Callable[[Members], bytes], name: str
) -> None:
    (tmp_path / "a").write_bytes(way([*PICTURES, (name, PICTURES[0][1])]))
    with pytest.raises(DataError, match="leads out of the folder"):
        load_dataset(tmp_path / "a")


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_of_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "a", "w") as archive:
        info = tarfile.TarInfo("b.png")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(DataError, match=r"'b\.png' is a link or a device"):
        load_dataset(tmp_path / "a")


def test_links_of_a_zip_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a", "w") as archive:
        info = zipfile.ZipInfo("b.png")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(DataError, match=r"'b\.png' is a link or a device"):
        load_dataset(tmp_path / "a")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    for way in (zipped, tarred):
        path.write_bytes(way([*PICTURES, PICTURES[0]]))
        with pytest.raises(DataError, match="there twice"):
            load_dataset(path)
        path.write_bytes(way([("a", PICTURES[0][1]), ("a/b.png", PICTURES[0][1])]))
        with pytest.raises(DataError, match="unreadable zip or tar"):
            load_dataset(path)
    whole = gzip.compress(tarred(PICTURES))
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="unreadable zip or tar"):
        load_dataset(path)
    damaged = bytearray(zipped(PICTURES))
    damaged[60] ^= 255
    path.write_bytes(bytes(damaged))
    with pytest.raises(DataError, match="unreadable zip or tar"):
        load_dataset(path)
    monkeypatch.setattr(module, "MAX_MEMBERS", 3)
    path.write_bytes(zipped(PICTURES))
    with pytest.raises(DataError, match="more than 3 members"):
        load_dataset(path)


@pytest.fixture
def nothing_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No member is looked at: that begins with a folder for what is unpacked."""
    monkeypatch.setattr("tempfile.TemporaryDirectory", lambda **_: pytest.fail("begun"))


@pytest.mark.usefixtures("nothing_unpacked")
@pytest.mark.parametrize("way", WAYS)
def test_too_many_members_are_refused_before_one_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    (tmp_path / "a").write_bytes(WAYS[way](PICTURES))
    monkeypatch.setattr(module, "MAX_MEMBERS", len(PICTURES) - 1)
    for load in (load_any, open_any, load_dataset):
        with pytest.raises(DataError, match="more than 5 members; give them in parts"):
            load(tmp_path / "a")


@pytest.mark.usefixtures("nothing_unpacked")
@pytest.mark.parametrize("name", ["a.png", "a.npy"])
@pytest.mark.parametrize("wide", [False, True])
def test_a_million_members_are_not_even_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, wide: bool
) -> None:
    (tmp_path / "a").write_bytes(crowded_zip(1_000_000, wide=wide, name=name))
    monkeypatch.setattr("zipfile.ZipFile", lambda *_: pytest.fail("listed"))
    with pytest.raises(DataError, match="more than 524,288 members"):
        load_any(tmp_path / "a")


@pytest.mark.usefixtures("nothing_unpacked")
def test_a_tar_of_many_empty_files_is_not_even_listed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(crowded_tar(module.MAX_MEMBERS + 1))
    with pytest.raises(DataError, match="more than 262,144 members"):
        load_any(tmp_path / "a")


@pytest.mark.parametrize("way", ["tar.gz", "tar.bz2", "tar.xz"])
def test_large_members_of_a_packed_tar_are_counted_as_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    (tmp_path / "unpacked").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "unpacked"))
    (tmp_path / "a").write_bytes(WAYS[way](PICTURES))
    monkeypatch.setattr(module, "MAX_MEMBERS", len(PICTURES) - 1)
    monkeypatch.setattr(module, "LOOKED_AT", 1024)
    with pytest.raises(DataError, match="more than 5 members"):
        load_any(tmp_path / "a")
    assert list((tmp_path / "unpacked").iterdir()) == []


@pytest.mark.parametrize("way", WAYS)
def test_what_is_unpacked_is_counted(tmp_path: Path, way: str) -> None:
    for members in ([("a.png", bytes(10_000))], [("a.txt", bytes(10_000)), *PICTURES]):
        (tmp_path / "a").write_bytes(WAYS[way](members))
        with (
            (tmp_path / "a").open("rb") as file,
            pytest.raises(DataError, match="limit of 5000"),
            module.unpacked(file, max_bytes=5000),
        ):
            pass


def test_others_stay_what_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a"
    np.savez(path.with_suffix(".npz"), x=IMAGES)
    assert load_dataset(path.with_suffix(".npz")).count == 6
    path.write_bytes(zipped([("README", b"hello")]))
    with pytest.raises(DataError, match=r"is not a \.npy array"):
        load_dataset(path)
    path.write_bytes(tarred([("README", b"hello")]))
    with pytest.raises(DataError, match="unknown content"):
        load_dataset(path)


def test_pictures_of_several_sizes_are_a_mixed_set_as_those_of_a_folder(tmp_path: Path) -> None:
    small = IMAGES[0][:4]
    folder = tmp_path / "folder"
    folder.mkdir()
    members: Members = [*PICTURES, ("z.png", png(small, 8, GREY))]
    for name, content in members:
        (folder / name).write_bytes(content)
    labels = [
        (f"{name.removesuffix('.png')}.cls", b"%d" % at) for at, (name, _) in enumerate(members)
    ]
    given = load_any(folder)
    assert isinstance(given, MixedData)
    for way in (zipped, tarred):
        path = tmp_path / "a"
        path.write_bytes(way([*members, *labels]))
        for data in (load_any(path), open_any(path), load_any(path, skip=["cls"])):
            assert isinstance(data, MixedData) and data.warnings == ()
            assert data.spec == given.spec
            for one, other in zip(data.arrays(), given.arrays(), strict=True):
                assert np.array_equal(one, other)
            found = {entry.name: (entry.array.tolist(), entry.aligned) for entry in data.side}
            wanted = {entry.name: (entry.array.tolist(), entry.aligned) for entry in given.side}
            assert found in (wanted, wanted | {"cls": ([*range(7)], True)})
        assert "cls" in {entry.name for entry in load_any(path).side}
        with pytest.raises(DataError, match=r"'z\.png' is .* but '0000\.png' is"):
            load_dataset(path)
