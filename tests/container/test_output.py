from __future__ import annotations

import errno
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from acncodec.container.output import atomic_output
from acncodec.errors import OutputError


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def write(path: Path, data: bytes = b"new", *, force: bool = False) -> None:
    with atomic_output(path, force) as file:
        file.write(data)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("force", [False, True])
def test_the_file_appears_when_it_is_whole(tmp_path: Path, force: bool) -> None:
    path = tmp_path / "out.acn"
    with umask(0o027), atomic_output(path, force) as file:
        file.write(b"new")
        file.seek(0)
        assert file.read() == b"new"
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.stat().st_nlink == 1
    assert names(tmp_path) == ["out.acn"]


def test_the_block_may_close_the_file(tmp_path: Path) -> None:
    with atomic_output(tmp_path / "out", False) as file, file:
        file.write(b"new")
    assert (tmp_path / "out").read_bytes() == b"new"


def test_an_existing_file_needs_force(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match="out: exists; use -f"):
        write(path)
    assert path.read_bytes() == b"old"
    write(path, force=True)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", failing(errno.EPERM))
        write(tmp_path / "other")
        (tmp_path / "other").unlink()
    path = tmp_path / "out"
    with pytest.raises(OutputError, match="exists by now; use -f"), atomic_output(path, False):
        path.write_bytes(b"theirs")
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, OSError(2, "x")])
def test_nothing_is_left_when_the_block_raises(tmp_path: Path, error: Any) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    kind = error if isinstance(error, type) else type(error)

    def block() -> NoReturn:
        with atomic_output(path, True) as file:
            file.write(b"new")
            raise error

    with pytest.raises(kind):
        block()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["out"]


def test_a_symbolic_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "file", tmp_path / "link"
    link.symlink_to(target)
    write(link)
    assert target.read_bytes() == b"new"
    with pytest.raises(OutputError, match="exists"):
        write(link)
    write(link, b"newer", force=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"newer"
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(OutputError, match="loop"):
        write(loop, force=True)


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for force in (False, True):
        with pytest.raises(OutputError, match="folder: is a folder"):
            write(tmp_path / "folder", force=force)
        with pytest.raises(OutputError, match="pipe: is not a regular file"):
            write(tmp_path / "pipe", force=force)
        with pytest.raises(OutputError, match="/dev/null: is not a regular file"):
            write(Path("/dev/null"), force=force)


def test_bad_paths(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"missing/out: the folder .*missing does not exist"):
        write(tmp_path / "missing" / "out")
    with pytest.raises(OutputError, match="the folder"):
        write(tmp_path / "file" / "out")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / ("a" * 300))
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "a\0b")
    write(tmp_path / ("a" * 255))  # as long as a name may be


def failing(number: int) -> Any:
    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    ("number", "message"),
    [(errno.EACCES, "is not writable"), (errno.EROFS, "Read-only file system")],
)
def test_a_read_only_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str
) -> None:
    monkeypatch.setattr(Path, "open", failing(number))
    with pytest.raises(OutputError, match=rf"out: .*{message}"):
        write(tmp_path / "out")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = pytest.raises(OutputError, match="out: cannot be written: No space left")
    with full, atomic_output(tmp_path / "out", False):
        failing(errno.ENOSPC)()
    monkeypatch.setattr(os, "fsync", failing(errno.ENOSPC))
    with pytest.raises(OutputError, match="out: cannot be written: No space left"):
        write(tmp_path / "out")
    assert names(tmp_path) == []


@pytest.mark.parametrize("size", [1 << 12, 1 << 20])
def test_a_file_size_limit(tmp_path: Path, size: int) -> None:
    """A real failing write: while the block runs, and only when the buffer is flushed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 10, hard))
    try:
        with pytest.raises(OutputError, match="out: cannot be written: File too large"):
            write(tmp_path / "out", bytes(size))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == []


def test_everything_is_synced_before_and_after_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        seen.append((folder, (tmp_path / "out").exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    write(tmp_path / "out")
    assert seen == [(False, False), (True, True)]
