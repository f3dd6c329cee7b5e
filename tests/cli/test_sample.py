"""`acncodec sample`: seeds, threads, formats, refusals."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn

from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.sampling import sample


def test_a_seed_gives_the_same_bytes(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    def made(name: str, *options: object) -> bytes:
        line = ("sample", "-o", tmp_path / name, "--model", model_file, "--count", 12)
        outcome = acn(*line, *options)
        assert outcome.code == 0, outcome.err
        return (tmp_path / name).read_bytes()

    first = made("a.png", "--seed", 3, "--threads", 1)
    assert first.startswith(b"\x89PNG")
    assert made("b.png", "--seed", 3, "--threads", 2, "--batch", 5) == first
    assert made("c.png", "--seed", 4) != first
    assert made("a.npz", "--seed", 3) == made("b.npz", "--seed", 3)


def test_npz_holds_the_images(
    acn: Acn, model_file: Path, tiny_model: FrozenModel, tmp_path: Path
) -> None:
    path = tmp_path / "a.npz"
    outcome = acn("sample", "-o", path, "--model", model_file, "--count", 9, "--seed", 5)
    assert "9 samples" in outcome.out
    with Workers(1, 64) as workers, np.load(path, allow_pickle=False) as arrays:
        assert np.array_equal(arrays["x"], sample(tiny_model, 9, 5, workers)[:, 0])
    assert acn("embed", path, "-o", tmp_path / "c.npz", "--model", model_file).code == 0


@pytest.mark.parametrize(
    ("name", "options", "code", "message"),
    [
        ("a.jpg", "", 2, "the output is .png or .npz"),
        ("a", "", 2, "the output is .png or .npz"),
        ("there.png", "", 1, "exists; use -f to overwrite it"),
        ("none/a.png", "", 1, "none does not exist"),
        ("a.png", "--count 0", 2, "0 is not in the range"),
        ("a.png", "--seed -1", 2, "-1 is not in the range"),
        ("a.png", "--model none", 1, "neither a model file nor a bundled model"),
    ],
)
def test_refusals(
    acn: Acn, tmp_path: Path, name: str, options: str, code: int, message: str
) -> None:
    (tmp_path / "there.png").write_bytes(b"mine")
    outcome = acn("sample", "-o", tmp_path / name, *options.split())
    assert outcome.code == code
    assert message in outcome.err
    assert (tmp_path / "there.png").read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["there.png"]


def test_force_overwrites(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    line = ("sample", "-o", path, "--model", model_file, "--count", 2, "-f", "-q")
    outcome = acn(*line)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_without_pillow_the_extra_is_named(
    acn: Acn, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "acncodec.figures.sheet", raising=False)
    monkeypatch.setitem(sys.modules, "PIL", None)
    line = ("sample", "--model", model_file, "--count", 2, "-o")
    outcome = acn(*line, tmp_path / "a.png")
    assert outcome.code == 1
    assert "pip install 'acncodec[images]'" in outcome.err
    assert acn(*line, tmp_path / "a.npz").code == 0
