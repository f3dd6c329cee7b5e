"""`bench/fit_sizes.py`: a row is the file of the largest network within so many weights."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from level_sets import level_array

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "fit_sizes.py"


def test_each_row_is_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, work = tmp_path / "a.npy", tmp_path / "work"
    np.save(data, level_array("grey", 12, 1, 8, 8))
    line = [str(data), str(work), "--minutes", "0.0000001", "--weights", "1", "6000"]
    found = []
    for _ in range(2):  # the second time of what lies there
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *line])
        runpy.run_path(str(SCRIPT), run_name="__main__")
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["rows"] == found[1]["rows"]
    small, large = found[0]["rows"]
    assert small["weights"] < large["weights"] <= 6000
    for row in (small, large):
        assert 0 < row["model_bytes"] < row["file_bytes"] and row["steps"] >= 1
    names = sorted(path.name for path in work.iterdir())
    assert names == ["a-1-1e-07-1.json", "a-6000-1e-07-1.json"]  # the states are gone
    assert found[0]["xz_bytes"] > 0 and (found[0]["kind"], found[0]["images"]) == ("fit_sizes", 12)
