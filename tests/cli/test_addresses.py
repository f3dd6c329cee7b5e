"""Addresses on the command line, in place of paths."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_types import Acn
from tiny import blobs

IMAGES = blobs(30, 3)[:, 0]


@pytest.fixture
def memory() -> Iterator[Any]:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed (extra `addresses`)")
    found = fsspec.filesystem("memory")
    found.store.clear()
    file = io.BytesIO()
    np.save(file, IMAGES)
    found.pipe_file("/sets/a.npy", file.getvalue())
    yield found
    found.store.clear()


def names(memory: Any) -> set[str]:
    return {path.rpartition("/")[2] for path in memory.find("/")}


@pytest.mark.parametrize(
    "shards", [(), ("--shard-size", 10), ("--shard-size", 10, "--order", "any")]
)
def test_there_and_back(
    acn: Acn, memory: Any, model_file: Path, tmp_path: Path, shards: tuple[Any, ...]
) -> None:
    model = ("--model", model_file)
    np.save(tmp_path / "a.npy", IMAGES)
    assert acn("compress", tmp_path / "a.npy", tmp_path / "a.acn", *model, *shards).code == 0
    outcome = acn(
        "compress", "memory://sets/a.npy", "memory://sets/a.acn", *model, *shards, "--verify"
    )
    assert outcome.code == 0 and "memory://sets/a.acn" in outcome.out
    assert memory.cat_file("/sets/a.acn") == (tmp_path / "a.acn").read_bytes()
    assert acn("verify", "memory://sets/a.acn", *model).code == 0
    assert "memory://sets/a.acn" in acn("info", "memory://sets/a.acn").out
    assert acn("decompress", "memory://sets/a.acn", "memory://sets/b.npy", *model).code == 0
    back = np.load(io.BytesIO(memory.cat_file("/sets/b.npy")))
    if "any" not in shards:
        assert np.array_equal(back, IMAGES)
    assert sorted(map(bytes, back)) == sorted(map(bytes, IMAGES))


def test_parts_are_joined(acn: Acn, memory: Any, model_file: Path) -> None:
    for part in (1, 2):
        line = (
            "compress",
            "memory://sets/a.npy",
            f"memory://sets/{part}.acn",
            "--shard",
            f"{part}/2",
        )
        assert acn(*line, "--model", model_file).code == 0
    line = ("memory://sets/1.acn", "memory://sets/2.acn", "memory://sets/whole.acn")
    assert acn("join", *line).code == 0
    assert acn("verify", "memory://sets/whole.acn", "--model", model_file).code == 0


def test_one_file_only_is_fetched_for_what_is_asked(
    acn: Acn, memory: Any, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("all of it was fetched")

    monkeypatch.setattr(type(memory), "get_file", refuse)
    line = ("compress", "memory://sets/a.npy", "memory://sets/a.acn", "--shard-size", 10)
    assert acn(*line, "--model", model_file).code == 0
    assert acn("verify", "memory://sets/a.acn", "--model", model_file).code == 0


@pytest.mark.parametrize(
    ("line", "code", "cause"),
    [
        ("compress zip://a::memory://sets/a.npy {}/a.acn", 2, "chain"),
        ("compress simplecache::memory://sets/a.npy {}/a.acn", 2, "no address"),
        ("compress reference://a.json {}/a.acn", 2, "other addresses"),
        ("compress memory://sets/none.npy {}/a.acn", 1, "memory://sets/none.npy: cannot be read"),
        ("compress memory://sets/a.npy memory://sets/a.npy -f", 1, "is the input"),
        ("compress memory://sets/a.npy memory://sets/a.acn --fit 1", 2, "must be a path"),
        ("decompress memory://sets/none.acn {}/a.npz", 1, "memory://sets/none.acn: cannot be read"),
        ("decompress memory://sets/a.npy memory://sets/folder/", 1, "a folder is not written"),
        ("decompress memory://sets/a.npy memory://sets/a.what", 1, "says no form"),
        ("train memory://sets/a.npy -o memory://sets/m.safetensors", 2, "only a path is taken"),
    ],
)
def test_what_is_not_taken_is_said_and_nothing_written(
    acn: Acn, memory: Any, tmp_path: Path, line: str, code: int, cause: str
) -> None:
    outcome = acn(*line.format(tmp_path).split())
    assert outcome.code == code
    assert cause in " ".join(outcome.err.replace("│", " ").split())
    assert names(memory) == {"a.npy"} and list(tmp_path.iterdir()) == []


def test_training_reads_addresses_and_paths_side_by_side(
    acn: Acn, memory: Any, tmp_path: Path
) -> None:
    np.save(tmp_path / "more.npy", IMAGES[:6])
    target = tmp_path / "m.safetensors"
    line = ("train", "memory://sets/a.npy", tmp_path / "more.npy", "-o", target)
    outcome = acn(*line, "--preset", "tiny", "--steps", 1, "--valid", "memory://sets/a.npy")
    assert outcome.code == 0, outcome.err
    found = acn("models", "show", target, "--json")
    assert '"images": 36' in found.out and "a.npy, more.npy" in found.out
