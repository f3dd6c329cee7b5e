"""`bench/rivals.py`: the result it makes."""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rival_codecs

from acncodec.report.results import load_results
from acncodec.report.schema import Rivals

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "rivals.py"
GOLDEN = SCRIPT.parents[1] / "tests" / "golden"
PLAIN = tuple(rival for rival in rival_codecs.RIVALS if not rival.needs and not rival.binary)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(rival_codecs, "RIVALS", PLAIN)
    return runpy.run_path(str(SCRIPT))


def test_a_result_that_the_report_reads(script: dict[str, Any], tmp_path: Path) -> None:
    array = np.random.default_rng(0).integers(0, 17, (6, 5, 4)).astype(np.uint8)
    source = tmp_path / "grey.npy"
    np.save(source, array)
    options = argparse.Namespace(rivals_only=True, ours_only=False, busy=False, jobs=1, but=[])
    result = script["measured"](source, script["load"](source), options)
    assert str(tmp_path) not in str(result["data"])
    assert [row["name"] for row in result["rows"]] == [
        row["name"] for row in sorted(result["rows"], key=lambda row: row["bytes"])
    ]
    assert {row["name"] for row in result["rows"]} == {"xz -9e", "bzip2 -9"}
    for row in result["rows"]:
        assert row["bytes"] == min(row["bytes_by_layout"].values())
        assert set(row["bytes_by_layout"]) == {"bytes", "transposed", "mosaic"}
        assert row["bits_per_dim"] == 8 * row["bytes"] / array.size
        assert row["peak_mib"] > 0
    (tmp_path / "rivals.json").write_text(script["json"].dumps(result), encoding="utf-8")
    ((_, read),) = load_results([tmp_path / "rivals.json"]).of(Rivals)
    assert read.shape == (5, 4, 1) and read.levels == 17 and not read.machine_busy


def test_what_is_left_out_is_said(script: dict[str, Any], tmp_path: Path) -> None:
    source = tmp_path / "grey.npy"
    np.save(source, np.arange(60, dtype=np.uint8).reshape(3, 5, 4))
    options = argparse.Namespace(
        rivals_only=True, ours_only=False, busy=False, jobs=1, but=["bzip2 -9"]
    )
    result = script["measured"](source, script["load"](source), options)
    assert [row["name"] for row in result["rows"]] == ["xz -9e"]
    assert result["not_measured"] == {"bzip2 -9": "left out, for its time"}
    options.but = ["bzip2 -9: transposed", "xz -9e"]
    result = script["measured"](source, script["load"](source), options)
    (row,) = result["rows"]
    assert "transposed" not in row["bytes_by_layout"] and len(row["bytes_by_layout"]) > 1
    assert result["not_measured"] == dict.fromkeys(
        ["xz -9e", "bzip2 -9: transposed"], "left out, for its time"
    )
    options.but = ["gzip"]
    with pytest.raises(SystemExit, match="no such compressor: gzip"):
        script["measured"](source, script["load"](source), options)


def test_several_jobs_at_once_are_a_busy_machine(script: dict[str, Any], tmp_path: Path) -> None:
    source = tmp_path / "grey.npy"
    np.save(source, np.arange(60, dtype=np.uint8).reshape(3, 5, 4))
    options = argparse.Namespace(rivals_only=True, ours_only=False, busy=False, jobs=2, but=[])
    assert script["measured"](source, script["load"](source), options)["machine_busy"] is True


def test_the_best_way_and_every_failure_are_kept(script: dict[str, Any]) -> None:
    ways = [
        {"layout": "single", "failed": "too noisy"}, {"layout": "mosaic", "bytes": 9},
        {"layout": "strip", "bytes": 7},
    ]  # fmt: skip
    assert script["best"]("a", ways) == {
        "name": "a", "layout": "strip", "bytes": 7, "bytes_by_layout": {"mosaic": 9, "strip": 7},
        "failed_by_layout": {"single": "too noisy"},
    }  # fmt: skip
    assert "bytes" not in script["best"]("a", ways[:1])


def test_ours_alone_are_told_by_how_they_were_coded(
    script: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "grey.npy"
    np.save(source, np.arange(60, dtype=np.uint8).reshape(3, 5, 4))
    made = [{"name": "acncodec --order any", "layout": "set", "bytes": 50}]
    monkeypatch.setitem(script["measured"].__globals__, "our_rows", lambda *_: made)
    monkeypatch.setitem(script["measured"].__globals__, "our_model", lambda _: {})
    options = argparse.Namespace(rivals_only=False, ours_only=True, busy=False, jobs=1, but=[])
    result = script["measured"](source, script["load"](source), options)
    assert [row["name"] for row in result["rows"]] == ["acncodec --order any"]
    assert result["not_measured"] == {}
    ways = {path.stem: script["strategies"](path) for path in GOLDEN.glob("v3/*")
            if path.suffix == ".acn"}  # fmt: skip
    assert ways["any-set-rgb"] == "set" and ways["keep-none-stored"] == "stored"
    assert ways["any-set-mixed"] == "set, set, stored"
