"""`--ray`: which words are its address, and the same files as without."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from tiny import blobs

from acncodec_cli.cluster import said


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("--ray a.npz b.acn", "--ray=local a.npz b.acn"),
        ("a.npz b.acn --ray", "a.npz b.acn --ray=local"),
        ("a.npz b.acn --ray --json", "a.npz b.acn --ray=local --json"),
        ("--ray auto a.npz", "--ray auto a.npz"),
        ("--ray 10.0.0.1:6379 a.npz", "--ray 10.0.0.1:6379 a.npz"),
        ("--ray head-node:6379 a.npz", "--ray head-node:6379 a.npz"),
        ("--ray [::1]:6379 a.npz", "--ray [::1]:6379 a.npz"),
        ("--ray=auto a.npz", "--ray=auto a.npz"),
        ("a.npz -- --ray", "a.npz -- --ray"),
        ("a.npz --ray -- auto", "a.npz --ray=local -- auto"),
    ],
)
def test_what_follows_is_an_address_only_where_it_looks_like_one(line: str, due: str) -> None:
    assert said(line.split()) == due.split()


@pytest.mark.parametrize("line", ["--ray=somewhere", "--ray ray://10.0.0.1:10001"])
def test_what_is_no_address_is_wrong_usage(acn: Acn, line: str, tmp_path: Path) -> None:
    outcome = acn("compress", *line.split(), tmp_path / "a.npz", tmp_path / "a.acn")
    assert outcome.code == 2 and "ray" in outcome.err


def test_without_ray_nothing_is_written(
    acn: Acn, tmp_path: Path, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    np.save(tmp_path / "a.npy", blobs(10, 3)[:, 0])
    outcome = acn(
        "compress", tmp_path / "a.npy", tmp_path / "a.acn", "--model", model_file, "--ray"
    )
    assert outcome.code == 1 and "extra 'ray'" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.npy"]


def patiently(acn: Acn, *line: object) -> None:
    """Run a command; a cluster has 30 s to begin, which on a busy machine may not be enough."""
    for _ in range(4):
        outcome = acn(*line)
        if "timed out during startup" not in outcome.err:
            break
    assert outcome.code == 0, outcome.err


@pytest.mark.timeout(900)
def test_files_are_the_same_as_without(acn: Acn, tmp_path: Path, model_file: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed (extra `ray`)")
    np.save(tmp_path / "a.npy", blobs(30, 3)[:, 0])
    line = ("compress", tmp_path / "a.npy", "--model", model_file, "--shard-size", 10)
    assert acn(*line, tmp_path / "here.acn").code == 0
    there = tmp_path / "there.acn"
    patiently(acn, *line, there, "--verify", "--threads", 1, "--ray")
    assert there.read_bytes() == (tmp_path / "here.acn").read_bytes()
    back = ("decompress", there, tmp_path / "b.npy", "--model", model_file, "--threads", 1)
    patiently(acn, *back, "--ray", "local")
    assert np.array_equal(np.load(tmp_path / "b.npy"), np.load(tmp_path / "a.npy"))
