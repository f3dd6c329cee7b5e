"""`bench/fit_choices.py`: a row is the file of a fit with some settings."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from level_sets import level_array

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "fit_choices.py"


def test_each_row_has_its_settings_and_is_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, work = tmp_path / "a.npy", tmp_path / "work"
    np.save(data, level_array("grey", 12, 1, 8, 8))
    line = [str(data), str(work), "--minutes", "0.0000001", "--row", ""]
    line += ["--row", "decoder.width=12 train.coarseness=9"]
    found = []
    for _ in range(2):  # the second time of what lies there
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *line])
        runpy.run_path(str(SCRIPT), run_name="__main__")
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["rows"] == found[1]["rows"]
    plain, other = found[0]["rows"]
    assert (plain["settings"], other["settings"]) == ("", "decoder.width=12 train.coarseness=9")
    assert plain["weights"] < other["weights"]
    assert 0 < other["model_bytes"] < other["file_bytes"]
    assert len(list(work.iterdir())) == 2  # the states are gone


def test_an_unknown_setting_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "a.npy"
    np.save(data, level_array("grey", 12, 1, 8, 8))
    line = [str(SCRIPT), str(data), str(tmp_path), "--minutes", "1", "--row", "train.coarsness=9"]
    monkeypatch.setattr(sys, "argv", line)
    with pytest.raises(Exception, match=r"did you mean train\.coarseness"):
        runpy.run_path(str(SCRIPT), run_name="__main__")
