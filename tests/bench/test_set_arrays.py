"""`bench/set_arrays.py`: the sets of results as arrays."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import set_arrays
from PIL import Image
from rival_data import load


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["set_arrays.py", *words])
    set_arrays.main()


def test_files_are_joined_with_their_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_arrays, "RESULTS", tmp_path / "results")
    first = np.arange(24, dtype=np.uint8).reshape(2, 3, 4) * 10
    second = np.full((1, 3, 4), 7, np.uint8)
    colour = np.arange(120, dtype=np.uint8).reshape(2, 5, 4, 3)
    np.savez(tmp_path / "a.npz", x=first, y=np.arange(2))
    np.savez(tmp_path / "b.npz", x=second)
    np.savez(tmp_path / "c.npz", x=colour)
    given = f"grey={tmp_path}/a.npz,{tmp_path}/b.npz", f"rgb={tmp_path}/c.npz"
    run(monkeypatch, str(tmp_path / "out"), *given)
    assert np.array_equal(np.load(tmp_path / "out/grey.npy"), np.concatenate([first, second]))
    assert np.array_equal(np.load(tmp_path / "out/rgb.npy"), colour)


def test_the_digits_are_those_of_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, str(tmp_path), "--digits8")
    for part in ("train", "test"):
        result = json.loads((set_arrays.RESULTS / f"rivals/digits8-{part}.json").read_text())
        assert load(tmp_path / f"digits8-{part}.npy").sha256 == result["pixels_sha256"]


def test_other_images_are_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 8, 8), np.uint8))
    with pytest.raises(SystemExit, match="digits8-test: not the images"):
        run(monkeypatch, str(tmp_path / "out"), f"digits8-test={tmp_path}/a.npz")
    assert not (tmp_path / "out").exists()


def test_sprites_are_laid_on_black_each_once_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_arrays, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(set_arrays, "TEST_SPRITES", 2)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for number in range(5):
        pixels = np.full((32, 32, 4), 50 + 40 * number, np.uint8)
        pixels[:16, :, 3] = 0
        Image.fromarray(pixels).save(tmp_path / f"in/{number}.png")
        Image.fromarray(pixels).save(tmp_path / f"in/deep/{number}.png")
    Image.fromarray(np.zeros((32, 64, 4), np.uint8)).save(tmp_path / "in/sheet.png")
    run(monkeypatch, str(tmp_path / "out"), "--sprites", str(tmp_path / "in"))
    train, test = (np.load(tmp_path / f"out/crawl-tiles-{part}.npy") for part in ("train", "test"))
    assert train.shape == (3, 32, 32, 3) and test.shape == (2, 32, 32, 3)
    whole = np.concatenate([train, test])
    assert not whole[:, :16].any()
    laid = [(value * value + 127) // 255 for value in range(50, 211, 40)]
    assert sorted(whole[:, 31, 31, 0]) == laid
