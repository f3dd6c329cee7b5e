"""`bench/train_choices.py`: what held-back images take by trainings with some settings."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from level_sets import level_array

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "train_choices.py"


def test_each_row_has_its_settings_and_is_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, work = tmp_path / "a.npy", tmp_path / "work"
    np.save(data, level_array("grey", 90, 1, 8, 8))
    line = [str(data), str(work), "--minutes", "0.01", "--first", "60"]
    line += ["--row", "train.checkpoint_steps=1"]
    line += ["--row", "train.checkpoint_steps=1 decoder.width=12"]
    found = []
    for _ in range(2):  # the second time of what lies there
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *line])
        runpy.run_path(str(SCRIPT), run_name="__main__")
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["rows"] == found[1]["rows"] and found[0]["images"] == 60
    plain, wide = found[0]["rows"]
    assert plain["parameters"] < wide["parameters"]
    for row in (plain, wide):
        assert 0 < row["bits_per_dim"] <= row["last_bits_per_dim"] < 10 and row["steps"] > 0
    assert len(list(work.iterdir())) == 2
