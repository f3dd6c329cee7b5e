"""`acncodec data`: list and fetch."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_types import Acn
from tiny_mnist import FILES, shrink, write_files

from acncodec_cli import data as command


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of tiny files, and a catalogue that has their digests."""
    folder = tmp_path / "origin"
    folder.mkdir()
    write_files(folder)
    monkeypatch.setitem(command.CATALOGUE, "mnist", shrink(folder))
    return folder


def test_list(acn: Acn) -> None:
    outcome = acn("data", "list")
    assert outcome.code == 0
    assert outcome.out.startswith("mnist")
    for name in ("mnist-static", "fashion-mnist", "cifar10", "omniglot", "quickdraw"):
        assert f"\n{name}  " in outcome.out
    assert outcome.out.count("Licence: ") == 7


def test_fetch(acn: Acn, origin: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    line = ("data", "fetch", "mnist", "-o", folder, "--from", origin)
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([*FILES, "test-binary.npz", "train-binary.npz"])
    assert "use this draw" in outcome.out
    assert "last 10,000 training images" in outcome.out
    assert acn(*line).code == 1
    assert acn(*line, "-f").code == 0


def test_what_is_missing_is_named_and_can_be_done_without(
    acn: Acn, origin: Path, tmp_path: Path
) -> None:
    (origin / FILES[0]).unlink()
    line = ("data", "fetch", "mnist", "-o", tmp_path / "out")
    outcome = acn(*line, "--from", origin)
    assert outcome.code == 1
    assert f"there is no {FILES[0]}; with --partial the other 3 are taken" in outcome.err
    outcome = acn(*line, "--from", origin, "--partial")
    assert outcome.code == 0, outcome.err
    assert f"there is no {FILES[0]}; what is made of it lacks its images" in outcome.err
    assert not (tmp_path / "out" / "train-binary.npz").exists()
    assert acn(*line, "--partial").code == 2


def test_unknown_names_are_wrong_usage(acn: Acn, tmp_path: Path) -> None:
    assert acn("data", "fetch", "nothing", "-o", tmp_path).code == 2
