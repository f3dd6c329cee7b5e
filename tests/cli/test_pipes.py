"""Data, labels and archives from pipes, and from standard input as `-`."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from tiny import blobs

BITS = blobs(12, 3)[:, 0]
FAST = ("--ordering", "iid")


@contextmanager
def piped(path: Path) -> Iterator[str]:
    """A path under /dev/fd that gives what is in a file, once, as a shell's <(cat FILE) does."""
    reader, writer = os.pipe()

    def write() -> None:
        with os.fdopen(writer, "wb") as out:
            out.write(path.read_bytes())

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield f"/dev/fd/{reader}"
    finally:
        os.close(reader)
        thread.join()


@pytest.fixture
def standard_input(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Make a file standard input."""
    opened: list[io.TextIOWrapper] = []

    def take(path: Path) -> None:
        opened.append(io.TextIOWrapper(path.open("rb")))
        monkeypatch.setattr("sys.stdin", opened[-1])

    yield take
    for stream in opened:
        stream.close()


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def files(folder: Path) -> dict[str, Path]:
    found = {name: folder / name for name in ("a.npz", "a.npy", "a.idx", "y.npy")}
    np.savez(found["a.npz"], x=BITS, y=np.arange(12))
    np.save(found["a.npy"], BITS)
    np.save(found["y.npy"], np.arange(12))
    head = np.array([2051, 12, 8, 8], ">u4").tobytes()
    found["a.idx"].write_bytes(head + BITS.tobytes())
    return found


@pytest.mark.parametrize("name", ["a.npz", "a.npy", "a.idx"])
@pytest.mark.parametrize("shards", [(), ("--shard-size", 5)])
def test_a_pipe_gives_the_same_archive_as_the_file(
    acn: Acn, model_file: Path, tmp_path: Path, temporary: Path, name: str,
    shards: tuple[object, ...],
) -> None:  # fmt: skip
    source, options = files(tmp_path)[name], ("--model", model_file, *FAST, *shards)
    assert acn("compress", source, tmp_path / "a.acn", *options).code == 0
    with piped(source) as path:
        outcome = acn("compress", path, tmp_path / "b.acn", "--verify", *options)
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "b.acn").read_bytes() == (tmp_path / "a.acn").read_bytes()
    assert not list(temporary.iterdir())


def test_standard_input_and_labels_from_a_pipe(
    acn: Acn, model_file: Path, tmp_path: Path, temporary: Path,
    standard_input: Callable[[Path], None],
) -> None:  # fmt: skip
    found, back = files(tmp_path), tmp_path / "back.npz"
    standard_input(found["a.npy"])
    with piped(found["y.npy"]) as labels:
        outcome = acn(
            "compress", "-", tmp_path / "a.acn", "--model", model_file, "--labels", labels, *FAST,
            "--order", "any",
        )  # fmt: skip
    assert outcome.code == 0 and "warning" not in outcome.err, outcome.err
    standard_input(tmp_path / "a.acn")
    outcome = acn("decompress", "-", back, "--model", model_file)
    assert outcome.code == 0, outcome.err
    with np.load(back) as arrays:
        assert np.array_equal(arrays["x"], BITS[arrays["labels"]])
    for command in (("verify", "-", "--model", model_file), ("info", "-")):
        standard_input(tmp_path / "a.acn")
        outcome = acn(*command)
        assert outcome.code == 0 and outcome.out.startswith("-"), outcome.err
    assert not list(temporary.iterdir())


def test_messages_name_the_pipe(
    acn: Acn, model_file: Path, tmp_path: Path, standard_input: Callable[[Path], None]
) -> None:
    (tmp_path / "junk").write_bytes(b"\x07junk")
    standard_input(tmp_path / "junk")
    outcome = acn("compress", "-", tmp_path / "a.acn", "--model", model_file)
    assert outcome.code == 1 and outcome.err.startswith("acncodec: -: unknown content")
    (tmp_path / "junk").write_bytes(b"")
    with piped(tmp_path / "junk") as path:
        outcome = acn("verify", path)
    assert outcome.code == 1 and f"{path}: the file is empty" in outcome.err


def test_a_terminal_is_refused(acn: Acn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = os.openpty()
    with os.fdopen(leader, "wb"), open(follower) as terminal:  # noqa: PTH123
        monkeypatch.setattr("sys.stdin", terminal)
        outcome = acn("compress", "-", tmp_path / "a.acn")
    assert outcome.code == 1 and "-: standard input is a terminal" in outcome.err
    monkeypatch.setattr("sys.stdin", None)
    outcome = acn("compress", "-", tmp_path / "a.acn")
    assert outcome.code == 1 and "no standard input" in outcome.err
