"""docs/RELIABILITY.md states what the committed results state, and names what is there."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "RELIABILITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:tests|bench)/[a-z_/.]+)`", PAGE)))


def test_the_figures_are_those_of_the_committed_results() -> None:
    assert runpy.run_path(str(ROOT / "bench" / "reliability.py"))["filled"](PAGE) == PAGE


@pytest.mark.parametrize("name", ["fuzz.json", "faults.json"])
def test_the_committed_results_know_no_violation(name: str) -> None:
    result = json.loads((ROOT / "bench" / "results" / name).read_text(encoding="utf-8"))
    assert result["violations"] == 0
    if name == "fuzz.json":
        outcomes = {key for target in result["outcomes"].values() for key in target}
        assert not any(word.startswith(("raised", "died", "hung")) for word in outcomes)
        assert result["inputs"] == sum(sum(v.values()) for v in result["outcomes"].values())
        assert result["slowest"]["seconds"] < result["limit_seconds"]
    else:
        assert result["rounds"] >= 200


def test_the_committed_kills_of_fits_and_spoiled_models_know_no_violation() -> None:
    kills, models = (
        json.loads((ROOT / "bench" / "results" / name).read_text(encoding="utf-8"))
        for name in ("fit-kills.json", "mutated-models.json")
    )
    assert kills["violations"] == [] and kills["rounds"] >= 10 <= kills["kills"]
    assert models["violations"] == 0 and models["inputs"] == sum(models["outcomes"].values())
    assert all(run["violations"] == [] for run in models["runs"])


@pytest.mark.parametrize("name", NAMED)
def test_the_files_it_names_are_there(name: str) -> None:
    assert (ROOT / name).exists()
