"""docs/RELIABILITY.md states what the committed results state."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "RELIABILITY.md").read_text(encoding="utf-8")


def result(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "bench" / "results" / name).read_text())
    return loaded


def stated(marker: str) -> str:
    """What stands between the marker and its end."""
    found = re.search(f"<!-- {marker} -->(.*?)<!-- /{marker} -->", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_fuzzer_s_figures() -> None:
    fuzz = result("fuzz.json")
    decoded = sum(fuzz["outcomes"]["decode"].values())
    assert stated("fuzz") == (
        f"{fuzz['inputs']:,} inputs, {decoded:,} of them decoded in full;"
        f" {fuzz['violations']} violations"
    )
    assert fuzz["violations"] == 0 and fuzz["inputs"] >= 1_000_000
    assert fuzz["inputs"] == sum(sum(run.values()) for run in fuzz["outcomes"].values())


def test_the_kills() -> None:
    faults = result("faults.json")
    killed = sum(entry["outcomes"]["killed"] for entry in faults["commands"].values())
    assert stated("faults") == (
        f"{faults['rounds']} rounds, {killed} killed in time; {faults['violations']} violations"
    )
    assert faults["violations"] == 0 and faults["rounds"] >= 200


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`(tests/[a-z_/.]+|bench/[a-z_/.]+)`", PAGE)))
)
def test_the_files_it_names_are_there(path: str) -> None:
    assert (ROOT / path).exists()
