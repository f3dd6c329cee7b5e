"""Names that lead elsewhere, or are one file where case does not count, and links where a folder is
to be: in each form that has names, nothing is written that should not be."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn, Outcome
from numpy.typing import NDArray
from pictures import GREY, png

pytest.importorskip("imagecodecs")

Write = Callable[[Path, Sequence[str], NDArray[np.uint8]], None]


def as_folder(path: Path, names: Sequence[str], images: NDArray[np.uint8]) -> None:
    for name, image in zip(names, images, strict=True):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(png(image, 8, GREY))


def as_zip(path: Path, names: Sequence[str], images: NDArray[np.uint8]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, image in zip(names, images, strict=True):
            archive.writestr(name, png(image, 8, GREY))


def as_tar(path: Path, names: Sequence[str], images: NDArray[np.uint8]) -> None:
    with tarfile.open(path, "w") as archive:
        for name, image in zip(names, images, strict=True):
            content = png(image, 8, GREY)
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def as_npz(path: Path, names: Sequence[str], images: NDArray[np.uint8]) -> None:
    with path.open("wb") as file:
        np.savez(file, x=images, names=np.array(names))


PACKED: dict[str, Write] = {"zip": as_zip, "tar": as_tar}
FORMS: dict[str, Write] = {"folder": as_folder, **PACKED, "npz": as_npz}
SEVERAL = ("a.png", "b.png")


@pytest.fixture
def pair(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two binary images, (2, 8, 8), 0 and 255."""
    return images[:2, 0] * np.uint8(255)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder three levels below one that is looked at, with a folder of temporary files in it."""
    found = tmp_path / "in" / "side"
    (found / "unpacked").mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(found / "unpacked"))
    return found


def whole(root: Path) -> dict[str, bytes | None]:
    """Everything in a folder, links as what they say."""
    found: dict[str, bytes | None] = {}
    for path in sorted(root.rglob("*")):
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        found[str(path.relative_to(root))] = content
    return found


@pytest.mark.parametrize("way", PACKED)
@pytest.mark.parametrize("name", ["../up.png", "a/../../../up.png", "/tmp/up.png"])
def test_a_packed_name_that_leads_out_is_refused(
    acn: Acn, pair: NDArray[np.uint8], model_file: Path, tmp_path: Path, place: Path, way: str,
    name: str,
) -> None:  # fmt: skip
    PACKED[way](place / "data", ["a.png", name], pair)
    before = whole(tmp_path)
    outcome = acn("compress", place / "data", place / "a.acn", "--model", model_file)
    assert (outcome.code, "leads out of the folder; nothing is" in outcome.err) == (1, True)
    assert whole(tmp_path) == before


@pytest.mark.parametrize("name", ["../up.png", "a/../../../up.png", "/tmp/up.png"])
def test_a_name_in_an_npz_that_leads_out_becomes_no_file(
    acn: Acn, pair: NDArray[np.uint8], model_file: Path, tmp_path: Path, place: Path, name: str
) -> None:
    as_npz(place / "data", ["a.png", name], pair)
    model = ("--model", model_file)
    assert acn("compress", place / "data", place / "a.acn", *model).code == 0
    before = whole(tmp_path)
    for outcome in _written_as_folder(acn, place, model):
        assert outcome.code == 1 and f"the name {name!r}" in outcome.err
    assert whole(tmp_path) == before


def test_an_array_whose_name_leads_out_becomes_no_file(
    acn: Acn, pair: NDArray[np.uint8], model_file: Path, tmp_path: Path, place: Path
) -> None:
    arrays = {"x": pair, "names": np.array(SEVERAL), "../../up": np.arange(3)}
    np.savez(place / "data.npz", **arrays)
    model = ("--model", model_file)
    assert acn("compress", place / "data.npz", place / "a.acn", *model).code == 0
    before = whole(tmp_path)
    for outcome in _written_as_folder(acn, place, model):
        assert outcome.code == 1 and "'../../up', which no folder" in outcome.err
    assert whole(tmp_path) == before
    assert acn("decompress", place / "a.acn", place / "b.npz", *model).code == 0
    assert whole(tmp_path).keys() - before.keys() == {"in/side/b.npz"}


@pytest.mark.parametrize("way", FORMS)
@pytest.mark.parametrize("names", [("a.png", "A.PNG"), ("b/x.png", "B/X.png")])
def test_names_that_differ_in_case_alone_come_back_as_arrays_and_as_no_folder(
    acn: Acn, pair: NDArray[np.uint8], model_file: Path, tmp_path: Path, place: Path, way: str,
    names: tuple[str, str],
) -> None:  # fmt: skip
    (place / "case").touch()
    if (place / "CASE").exists():
        pytest.skip("a file system where case does not count")
    FORMS[way](place / "data", names, pair)
    model = ("--model", model_file)
    outcome = acn("compress", place / "data", place / "a.acn", *model, "--verify")
    assert outcome.code == 0, outcome.err
    assert way == "npz" or "but not as a folder" in outcome.err
    before = whole(tmp_path)
    for outcome in _written_as_folder(acn, place, model):
        assert outcome.code == 1 and "where case does not count" in outcome.err
    assert whole(tmp_path) == before
    assert acn("decompress", place / "a.acn", place / "b.npz", *model).code == 0
    with np.load(place / "b.npz") as arrays:
        found = dict(zip(arrays["names"].tolist(), arrays["x"], strict=True))
    given = dict(zip(names, pair, strict=True))
    assert found.keys() == given.keys()
    assert all(np.array_equal(found[name], given[name]) for name in names)


@pytest.mark.parametrize("what", ["a link", "a link to nothing", "a folder with a link in it"])
def test_links_where_the_folder_is_to_be_are_not_followed(
    acn: Acn, pair: NDArray[np.uint8], model_file: Path, tmp_path: Path, place: Path, what: str
) -> None:
    as_folder(place / "data", ["sub/a.png", "b.png"], pair)
    model = ("--model", model_file)
    assert acn("compress", place / "data", place / "a.acn", *model).code == 0
    target = place / "out"
    if what == "a folder with a link in it":
        target.mkdir()
        (target / "sub").symlink_to(tmp_path, target_is_directory=True)
    else:
        target.symlink_to(tmp_path / ("in" if what == "a link" else "nowhere"))
    before = whole(tmp_path)
    for outcome in _written_as_folder(acn, place, model):
        assert outcome.code == 1
        assert "is a link" in outcome.err or "is not empty" in outcome.err
    assert whole(tmp_path) == before


def _written_as_folder(acn: Acn, place: Path, model: tuple[object, ...]) -> list[Outcome]:
    """What each way to write a folder says."""
    line = ("decompress", place / "a.acn", f"{place}/out", *model)
    return [acn(*line, *more) for more in ((), ("-f",), ("--range", "0:2"), ("--salvage",))]
