"""What a folder holds, to any depth."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from acncodec.errors import DataError
from acncodec.images.tree import walk


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_folders_are_entered_and_names_stand_folder_by_folder(tmp_path: Path) -> None:
    make(tmp_path, "b.png", "a/z.png", "a/b/c/d.png", "a.png", "B.png", "a/a.png")
    found = walk(tmp_path)
    assert found.files == ("B.png", "a/a.png", "a/b/c/d.png", "a/z.png", "a.png", "b.png")
    assert found.links == found.others == ()


def test_links_hidden_entries_and_pipes_are_told_apart_and_not_entered(tmp_path: Path) -> None:
    make(tmp_path, "a/b.png", ".git/c.png", "._b.png")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a/link.png").symlink_to("b.png")
    (tmp_path / "a/dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    found = walk(tmp_path)
    assert found.files == ("a/b.png",)
    assert found.links == ("a/dangling", "a/link.png", "loop")
    assert found.others == ("._b.png", ".git", "pipe")


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    make(tmp_path, "folder/a.png")
    (tmp_path / "link").symlink_to("folder")
    assert walk(tmp_path / "link").files == ("a.png",)


def test_there_is_an_end_to_entries(tmp_path: Path) -> None:
    make(tmp_path, "a/b", "a/c", "d")
    assert walk(tmp_path, max_entries=4).files == ("a/b", "a/c", "d")
    with pytest.raises(DataError, match="more than 3 entries; give it in parts"):
        walk(tmp_path, max_entries=3)


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the folder cannot be read: No such file"):
        walk(tmp_path / "none")
