"""`bench/fit_few.py`: few pictures without and with a fit."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from level_sets import level_array

Image = pytest.importorskip("PIL.Image")
SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "fit_few.py"


def test_each_set_is_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, work = tmp_path / "a.npy", tmp_path / "work"
    np.save(data, level_array("grey", 40, 1, 9, 8))
    line = [str(SCRIPT), str(work), str(data), "--count", "30", "--minutes", "0.001"]
    found = []
    for _ in range(2):  # the second time of what lies there
        monkeypatch.setattr(sys, "argv", line)
        runpy.run_path(str(SCRIPT), run_name="__main__")
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["rows"] == found[1]["rows"] and found[0]["kind"] == "fit_few"
    (row,) = found[0]["rows"]
    assert (row["data"], row["images"]) == ("a.npy", 30)
    assert row["file_bytes"] == min(row["candidates"].values()) <= row["without_bytes"]
    assert row["candidates"][row["kept"]] == row["file_bytes"]
    assert len(np.load(work / "a-30.npy")) == 30


def test_all_pictures_of_a_folder_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "icons"
    folder.mkdir()
    for number, image in enumerate(level_array("grey", 5, 1, 9, 8)[:, 0]):
        Image.fromarray(image.astype(np.uint8)).save(folder / f"{number}.png")
    (folder / "notes.txt").write_bytes(b"x" * 10_000)
    line = [str(SCRIPT), str(tmp_path / "work"), str(folder), "--count", "3", "--minutes", "0.001"]
    monkeypatch.setattr(sys, "argv", line)
    runpy.run_path(str(SCRIPT), run_name="__main__")
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["data"], row["images"]) == ("icons", 5)
    assert row["file_bytes"] <= row["without_bytes"]
    assert row["files_bytes"] == sum(one.stat().st_size for one in folder.glob("*.png"))
