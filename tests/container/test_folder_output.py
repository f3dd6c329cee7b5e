"""A folder that is whole or not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from acncodec.container.folder_output import atomic_folder, check_folder_target
from acncodec.errors import OutputError


def listing(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("there", [False, True])
def test_files_lie_in_their_folders(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "out"
    if there:
        target.mkdir()  # an empty one may be taken
    with atomic_folder(target) as folder:
        for name in ("b.png", "a/x.png", "a/b/c.png", "a/y.png", "z"):
            folder.add(name, name.encode())
        assert listing(target) == {}
    assert listing(target) == {
        "a": None, "a/b": None, "a/b/c.png": b"a/b/c.png", "a/x.png": b"a/x.png",
        "a/y.png": b"a/y.png", "b.png": b"b.png", "z": b"z",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o777 & ~umask
    assert stat.S_IMODE((target / "z").stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError(28, "full")])
def test_nothing_is_left_where_it_fails(
    tmp_path: Path, error: type[BaseException] | OSError
) -> None:
    kind = OutputError if isinstance(error, OSError) else error

    def fail() -> None:
        with atomic_folder(tmp_path / "out") as folder:
            folder.add("a/b", b"?")
            raise error

    with pytest.raises(kind):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_touched(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(elsewhere)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    before = listing(tmp_path)
    for name, message in (
        ("file", "is no folder"), ("full", "is not empty"), ("link", "is a link"),
        ("dangling", "is a link"), ("none/out", "none does not exist"), ("a\0b", "null"),
        (".", "is not empty"),
    ):  # fmt: skip
        with pytest.raises(OutputError, match=message):
            check_folder_target(tmp_path / name)
        with pytest.raises(OutputError, match=message), atomic_folder(tmp_path / name):
            pytest.fail("it was begun")
    assert listing(tmp_path) == before


def test_what_comes_up_meanwhile_is_not_touched(tmp_path: Path) -> None:
    target = tmp_path / "out"

    def write() -> None:
        with atomic_folder(target) as folder:
            folder.add("a", b"ours")
            target.mkdir()
            (target / "a").write_bytes(b"mine")

    with pytest.raises(OutputError, match="something is there by now"):
        write()
    assert listing(tmp_path) == {"out": None, "out/a": b"mine"}


def test_links_on_the_way_are_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with atomic_folder(tmp_path / "out") as folder:
        (inner,) = [path / "folder" for path in tmp_path.iterdir() if path.name.startswith(".")]
        (inner / "a").symlink_to(elsewhere)
        (inner / "b").symlink_to(elsewhere / "b")
        for name in ("a/x", "b"):
            with pytest.raises(OutputError, match=f"'{name}' cannot be written"):
                folder.add(name, b"?")
        folder.add("c", b"ours")
        with pytest.raises(OutputError, match="'c' cannot be written: File exists"):
            folder.add("c", b"again")
    assert list(elsewhere.iterdir()) == []
