"""The two decoders side by side: both are trained, priced and timed; what is there stays."""

from __future__ import annotations

import json
from pathlib import Path

import decoders
import numpy as np
import pytest
from level_sets import level_array

from acncodec.images import load_dataset


def run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> dict[str, object]:
    line = [str(folder / "grey.npy"), str(folder / "work"), "--any-size", "tiny-resnet"]
    line += ["--gated", "tiny-gated", "--any-size-set", "decoder.width=9", "--held", "10"]
    line += ["--timed", "7", "--threads", "1", "2", "--tries", "1", *more]
    monkeypatch.setattr("sys.argv", ["decoders.py", *line])
    decoders.main()
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_both_decoders_are_trained_priced_and_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "grey.npy", level_array("grey", 90, 1))
    result = run(tmp_path, monkeypatch, capsys, "--steps", "4")
    assert (result["shape"], result["held"], result["timed"]) == ([1, 6, 5], 10, 7)
    rows = result["decoders"]
    assert isinstance(rows, dict) and list(rows) == ["any-size", "gated"]
    assert [row["preset"] for row in rows.values()] == ["tiny-resnet", "tiny-gated"]
    assert rows["any-size"]["settings"] == ["decoder.width=9"]
    for row in rows.values():
        assert row["steps"] == 4 and row["macs_per_image"] % 30 == 0
        assert 2 < row["float_bits_per_dim"] < row["file_bits_per_dim"]
        assert [entry["threads"] for entry in row["milliseconds"]] == [1, 2]
        for entry in row["milliseconds"]:
            assert min(entry[name] for name in ("score", "decode", "push", "pop")) > 0
    files = {path: path.read_bytes() for path in (tmp_path / "work").glob("*.safetensors")}
    again = run(tmp_path, monkeypatch, capsys, "--minutes", "0")
    for name, row in again["decoders"].items():  # type: ignore[attr-defined]
        assert row["float_bits_per_dim"] == pytest.approx(rows[name]["float_bits_per_dim"])
    assert all(path.read_bytes() == data for path, data in files.items())


def test_what_is_priced_was_not_trained_on(tmp_path: Path) -> None:
    np.save(tmp_path / "grey.npy", level_array("grey", 90, 1))
    data = load_dataset(tmp_path / "grey.npy")
    assert np.array_equal(decoders.held_back(data, 4).pixels, data.pixels[75:79])
    assert decoders.held_back(data, 99).count == 15


def test_how_long_must_be_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(tmp_path, monkeypatch, capsys)
    assert "--minutes or --steps" in capsys.readouterr().err
