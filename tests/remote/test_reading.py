"""Files at addresses are read in pieces, or copied whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from acncodec.errors import DataError
from acncodec.remote.address import Address
from acncodec.remote.reading import BLOCK_BYTES, fetch, open_address

CONTENT = bytes(range(256)) * 5


def test_a_file_is_read_from_anywhere(memory: Any) -> None:
    memory.pipe_file("/sets/a", CONTENT)
    with open_address(Address("memory://sets/a")) as file:
        assert file.seek(0, 2) == len(CONTENT)
        assert file.seek(300) == 300 and file.read(20) == CONTENT[300:320]
        assert file.seek(-10, 2) == len(CONTENT) - 10
        assert file.read(100) == CONTENT[-10:] and file.read(1) == b""
        assert file.seek(0) == 0 and file.read() == CONTENT


def test_no_more_is_fetched_than_a_block(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe_file("/sets/a", bytes(5 * BLOCK_BYTES))
    asked: list[tuple[int, int]] = []
    cat = type(memory).cat_file

    def counted(self: Any, path: str, start: int, end: int) -> Any:
        asked.append((start, end))
        return cat(self, path, start, end)

    monkeypatch.setattr(type(memory), "cat_file", counted)
    with open_address(Address("memory://sets/a")) as file:
        file.read(10)
        file.seek(3 * BLOCK_BYTES)
        file.read(10)
        assert asked == [(0, BLOCK_BYTES), (3 * BLOCK_BYTES, 4 * BLOCK_BYTES)]
        asked.clear()
        file.seek(0)
        file.readinto(bytearray(4 * BLOCK_BYTES))  # at once
        assert asked == [(0, 4 * BLOCK_BYTES)]


def test_what_is_not_there_is_said(memory: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is nothing there"):
        open_address(Address("memory://sets/none"))
    with pytest.raises(DataError, match="there is nothing there"):
        fetch(Address("memory://sets/none"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_fails_while_it_is_read_fails_like_a_file(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe_file("/sets/a", CONTENT)

    def failing(*_arguments: object, **_named: object) -> bytes:
        raise RuntimeError("the line is cut\nand more")

    with open_address(Address("memory://sets/a")) as file:
        monkeypatch.setattr(type(memory), "cat_file", failing)
        with pytest.raises(OSError, match=r"the line is cut$"):
            file.read(10)


def test_a_file_is_copied_under_its_name(memory: Any, tmp_path: Path) -> None:
    memory.pipe_file("/sets/a.npy", CONTENT)
    assert fetch(Address("memory://sets/a.npy"), tmp_path) == tmp_path / "a.npy"
    assert (tmp_path / "a.npy").read_bytes() == CONTENT


def test_a_folder_is_copied_with_all_that_is_in_it(memory: Any, tmp_path: Path) -> None:
    for name in ("cats/1.png", "cats/2.png", "dogs/1.png", "names.txt"):
        memory.pipe_file(f"/sets/pictures/{name}", name.encode())
    assert fetch(Address("memory://sets/pictures/"), tmp_path) == tmp_path / "pictures"
    files = sorted(path for path in (tmp_path / "pictures").rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path / "pictures").as_posix() for path in files] == [
        "cats/1.png", "cats/2.png", "dogs/1.png", "names.txt",
    ]  # fmt: skip
    assert (tmp_path / "pictures/dogs/1.png").read_bytes() == b"dogs/1.png"


@pytest.mark.parametrize("name", ["../out.png", "a/../../out.png", "a/./b.png", "con/a.png"])
def test_names_that_lead_elsewhere_are_refused(memory: Any, tmp_path: Path, name: str) -> None:
    memory.store[f"/sets/pictures/{name}"] = memory.open("/sets/x", "wb")
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(DataError):
        fetch(Address("memory://sets/pictures"), inner)
    assert not (tmp_path / "out.png").exists() and not (inner / "out.png").exists()
