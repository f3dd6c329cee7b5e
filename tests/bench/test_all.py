"""`bench/all.py`: what it lists, what it skips, and that a result appears whole or not at all."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from made_results.everything import write_results

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "bench" / "all.py"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def step(script: dict[str, Any], code: str, **more: Any) -> Any:
    return script["Step"]("made.json", (("python", "-c", code),), **more)


def test_every_committed_result_has_its_step(script: dict[str, Any]) -> None:
    folder = ROOT / "bench" / "results"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there <= {each.output for each in script["STEPS"]}


def test_what_needs_other_data_or_ray_waits_to_be_named(script: dict[str, Any]) -> None:
    for each in script["STEPS"]:
        fetches = any(command[:3] == ("acncodec", "data", "fetch") for command in each.commands)
        placed = any(
            word.startswith("build/data/") for command in each.commands for word in command
        )
        clones = any(command[:2] == ("git", "clone") for command in each.commands)
        on_ray = any("bench/ray_beside.py" in command for command in each.commands)
        assert each.by_default != (fetches or placed or clones or on_ray), each.name


def test_minutes_come_from_the_results(script: dict[str, Any], tmp_path: Path) -> None:
    folder = write_results(tmp_path)
    took = {name: script["minutes"](folder / name) for name in ("mnist-100.json", "model.json")}
    assert took == {"mnist-100.json": pytest.approx(3 * 25 / 60), "model.json": None}
    assert script["minutes"](folder / "training" / "mnist.jsonl") == pytest.approx(2.0)
    assert script["minutes"](folder / "speed.json") == pytest.approx(1.5)
    (folder / "bad.json").write_text("{", encoding="utf-8")
    assert script["minutes"](folder / "bad.json") is None


def test_a_result_is_written(script: dict[str, Any], tmp_path: Path) -> None:
    script["run"](step(script, "print('{}')"), tmp_path)
    assert (tmp_path / "bench/results/made.json").read_text(encoding="utf-8") == "{}\n"


def test_a_failure_leaves_what_was_there(script: dict[str, Any], tmp_path: Path) -> None:
    script["run"](step(script, "print('old')"), tmp_path)
    with pytest.raises(SystemExit, match="failed with exit status 3"):
        script["run"](step(script, "print('new'); raise SystemExit(3)"), tmp_path)
    folder = tmp_path / "bench" / "results"
    assert (folder / "made.json").read_text(encoding="utf-8") == "old\n"
    assert [path.name for path in folder.iterdir()] == ["made.json"]


def command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[str, str]:
    monkeypatch.setattr(sys, "argv", ["all.py", *arguments])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_the_list(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = command_line(monkeypatch, capsys, "--list")
    assert "mnist-10000" in out and "there, by name" in out
    assert err == ""


def test_minutes_are_kept(script: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    made = step(script, "print('{}')")
    script["record"](made, 1.25, tmp_path)
    script["record"](step(script, "", by_default=False), 2.04, tmp_path)
    assert script["recorded"](tmp_path) == {"made": 2.0}
    assert "2.0  missing" in script["listing"]([made], tmp_path)


def test_what_is_there_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = command_line(monkeypatch, capsys, "--only", "model", "--only", "speed")
    assert out == ""
    assert err == "model: there already\nspeed: there already\n"


def test_an_unknown_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line(monkeypatch, capsys, "--only", "nothing")
    assert caught.value.code == 2
    assert "no such step: nothing" in capsys.readouterr().err
