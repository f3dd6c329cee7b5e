"""The two decoders side by side: both are trained, priced and timed; what is there stays."""

from __future__ import annotations

import json
from pathlib import Path

import committed
import decoders
import level_tables
import numpy as np
import pytest
from level_sets import level_array
from picture_tables import MISSING

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


def test_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (committed, level_tables):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    assert level_tables.decoders() == MISSING
    row = {
        "preset": "grey-gated", "parameters": 53_231, "steps": 2000, "minutes": 10.0,
        "float_bits_per_dim": 2.9, "file_bits_per_dim": 2.9125,
        "milliseconds": [{"threads": 1, "pop": 1.5}, {"threads": 2, "pop": 0.75}],
    }  # fmt: skip
    made = {"held": 1000, "shape": [1, 28, 28], "decoders": {"gated": row}}
    (tmp_path / "decoders.json").write_text(json.dumps(made))
    text = level_tables.decoders()
    assert "(`grey-gated`) | 53,231 | 2,000 | 2.9000 | **2.9125** | 1.50 | 0.75 |" in text
    assert "1,000 held-back images of 28x28" in text and "for 10 minutes" in text
