"""Pictures of a folder, a zip or a tar that `skip` leaves out."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import GREY, png

from acncodec.errors import DataError
from acncodec.images import DataSet, load_any, load_dataset, open_any, open_dataset
from acncodec.images.several import load_several

IMAGES = np.random.default_rng(8).integers(0, 256, (4, 6, 5), np.uint8)
NAMES = "a.png", "b.png", "thumbs/a.png", "thumbs.png"
BROKEN = png(IMAGES[0], 8, GREY)[:40]
READERS = load_dataset, load_any, open_dataset, open_any


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "set"
    (found / "thumbs").mkdir(parents=True)
    for name, image in zip(NAMES, IMAGES, strict=True):
        (found / name).write_bytes(png(image, 8, GREY))
    return found


def packed(folder: Path, way: str) -> Path:
    """The files of a folder in a zip or a tar."""
    path = folder.with_suffix(way)
    files = [one for one in sorted(folder.rglob("*")) if one.is_file()]
    if way == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for one in files:
                archive.write(one, one.relative_to(folder))
    else:
        with tarfile.open(path, "w") as tar:
            for one in files:
                tar.add(one, one.relative_to(folder))
    return path


def names_of(data: Any) -> list[str]:
    (names,) = (entry.array for entry in data.side if entry.name == "names")
    return list(names.tolist())


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("way", ["", ".zip", ".tar"])
@pytest.mark.parametrize(
    ("skip", "left"),
    [
        (["b.png"], ["a.png", "thumbs/a.png", "thumbs.png"]),
        (["thumbs"], ["a.png", "b.png", "thumbs.png"]),
        (["thumbs/", "a.png"], ["b.png", "thumbs.png"]),
        (["thumbs/a.png", "thumbs.png", "b.png"], ["a.png"]),
    ],
)
def test_pictures_and_folders_are_left_out(
    folder: Path, read: Any, way: str, skip: list[str], left: list[str]
) -> None:
    path = packed(folder, way) if way else folder
    data = read(path, skip=skip)
    assert names_of(data) == left
    pixels = data.pixels if isinstance(data, DataSet) else data.take(slice(None))
    wanted = IMAGES[[NAMES.index(name) for name in left]]
    assert np.array_equal(data.spec.to_array(pixels), wanted)
    assert data.warnings == ()


@pytest.mark.parametrize("way", ["", ".zip", ".tar"])
def test_a_broken_picture_is_not_looked_at(folder: Path, way: str) -> None:
    (folder / "b.png").write_bytes(BROKEN)
    path = packed(folder, way) if way else folder
    with pytest.raises(DataError, match=r"'b\.png' cannot be read"):
        load_dataset(path)
    assert names_of(load_dataset(path, skip=["b.png"])) == ["a.png", "thumbs/a.png", "thumbs.png"]


@pytest.mark.parametrize("way", ["", ".zip", ".tar"])
@pytest.mark.parametrize("name", ["c.png", "thumb", "thumbs/b.png", "png", ""])
def test_a_name_of_nothing_is_told(folder: Path, way: str, name: str) -> None:
    path = packed(folder, way) if way else folder
    for read in READERS:
        with pytest.raises(DataError, match=f"--skip '{name}': there is no such array"):
            read(path, skip=[name])


def test_all_pictures_are_too_many(folder: Path) -> None:
    with pytest.raises(DataError, match="the folder holds no image"):
        load_dataset(folder, skip=[*NAMES])


def test_an_array_and_an_entry_of_one_name_are_both_left_out(folder: Path) -> None:
    (folder / "names").write_bytes(b"not an image")
    for read in READERS:
        data = read(folder, skip=["names"])
        assert [entry.name for entry in data.side] == [] and data.warnings == ()
    assert "'names'" in load_dataset(folder).warnings[0]


def test_links_and_other_entries_are_not_told_of(folder: Path) -> None:
    (folder / "to").symlink_to("a.png")
    (folder / "notes.txt").write_bytes(b"x")
    assert len(load_dataset(folder).warnings) == 2
    assert load_dataset(folder, skip=["to", "notes.txt"]).warnings == ()


def test_a_member_that_cannot_be_taken_is_passed_over(folder: Path) -> None:
    path = packed(folder, ".tar")
    with tarfile.open(path, "a") as tar:
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "a.png"
        tar.addfile(link)
    with pytest.raises(DataError, match=r"'link\.png'"):
        load_dataset(path)
    assert names_of(load_dataset(path, skip=["link.png"])) == list(NAMES)


def test_what_lies_beside_a_picture_goes_with_it(folder: Path) -> None:
    for number, name in enumerate(NAMES):
        (folder / name).with_suffix(".cls").write_bytes(b"%d" % number)
    path = packed(folder, ".zip")
    data = load_dataset(path, skip=["b.png"])
    (labels,) = (entry.array for entry in data.side if entry.name == "cls")
    assert labels.tolist() == [0, 2, 3] and data.warnings == ()
    # A file beside a picture is a member too: the others of its kind are then no array.
    data = load_dataset(path, skip=["b.cls"])
    assert [entry.name for entry in data.side] == ["names"]
    assert data.warnings == ("3 other members are no pictures and are left out",)


def test_pictures_of_one_of_several_folders(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "train"
    folder.rename(other)
    test = tmp_path / "test"
    test.mkdir()
    (test / "a.png").write_bytes(png(IMAGES[0], 8, GREY))
    data = load_several([other, test], skip=["train/thumbs", "train/b.png"])
    assert data.count == 3
