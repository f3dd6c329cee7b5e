"""`bench/fit_sizes.py`: a row is the file of the largest network within so many weights."""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from level_sets import level_array

from acncodec.images import load_dataset
from acncodec.training.fit import plan_fit

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "fit_sizes.py"


Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on a few images, and what it prints."""
    np.save(tmp_path / "a.npy", level_array("grey", 12, 1, 8, 8))
    line = [str(SCRIPT), str(tmp_path / "a.npy"), str(tmp_path / "work"), "--minutes", "0.0000001"]

    def printed(*more: str) -> str:
        monkeypatch.setattr(sys, "argv", [*line, *more])
        runpy.run_path(str(SCRIPT), run_name="__main__")
        return capsys.readouterr().out

    return printed


def test_each_row_is_measured_once(run: Run, tmp_path: Path) -> None:
    work = tmp_path / "work"
    # The second time of what lies there.
    found = [json.loads(run("--weights", "1", "6000")) for _ in range(2)]
    took = [[one.pop("decompress_seconds") for one in each["rows"]] for each in found]
    assert found[0]["rows"] == found[1]["rows"]
    assert all(set(one) >= {"1"} and min(one.values()) > 0 for each in took for one in each)
    small, large = found[0]["rows"]
    assert small["weights"] < large["weights"] <= 6000
    for row in (small, large):
        assert 0 < row["model_bytes"] < row["file_bytes"] and row["steps"] >= 1
        assert row["stored_images"] == 0
    names = sorted(path.name for path in work.iterdir())
    fits = "a-1-1e-07-1", "a-6000-1e-07-1"
    assert names == [one + end for one in fits for end in (".acn", ".json")]  # no states
    for one, name in zip((small, large), fits, strict=True):
        assert (work / f"{name}.acn").stat().st_size == one["file_bytes"]
    assert found[0]["xz_bytes"] > 0 and (found[0]["kind"], found[0]["images"]) == ("fit_sizes", 12)


def test_nothing_is_decoded_while_others_are_fitted(run: Run, tmp_path: Path) -> None:
    assert run("--weights", "1", "--fit-only") == ""
    assert (tmp_path / "work" / "a-1-1e-07-1.acn").exists()


def test_a_fit_keeps_to_its_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SCRIPT.parent)
    from fit_rows import sieve

    np.save(tmp_path / "a.npy", level_array("grey", 12, 1, 8, 8))
    plan = plan_fit(load_dataset(tmp_path / "a.npy"), 1.0)
    other = replace(plan.choice, why=("as it was given",))
    kept = sieve(plan, other).images.only(np.arange(12) < 6)
    assert (len(kept.images), kept.taken) == (6, True)
    assert kept.choose(0.5, "usual") is other
