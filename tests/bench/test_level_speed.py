"""`bench/level_speed.py`: every figure of a row is there, and other images are noticed."""

from __future__ import annotations

import json
from pathlib import Path

import committed
import level_speed
import numpy as np
import pytest
import time_tables
from level_sets import level_array
from picture_tables import MISSING

from acncodec.engines.int16.tile import lanes


def test_both_commands_are_timed(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", level_array("rgb", 3, 1))
    found = level_speed.there_and_back(tmp_path / "a.npy", tmp_path, "rgb", 1)
    assert found["file_bytes"] == (tmp_path / "out.acn").stat().st_size
    for way in level_speed.WAYS:
        assert found[way]["seconds"] > 0 and found[way]["peak_mib"] > 50


def test_other_images_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(*arguments: str) -> dict[str, float]:
        Path(arguments[-1]).write_bytes(b"")
        np.save(tmp_path / "back.npy", level_array("rgb", 3, 2))
        return {"seconds": 1.0, "peak_mib": 1}

    monkeypatch.setattr(level_speed, "timed", other)
    np.save(tmp_path / "a.npy", level_array("rgb", 3, 1))
    with pytest.raises(SystemExit, match="other images"):
        level_speed.there_and_back(tmp_path / "a.npy", tmp_path, "rgb", 1)


@pytest.mark.skipif(not lanes(), reason="there are no products of 15-bit operands here")
def test_a_row_has_the_share_of_the_peak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(data: Path, *_: object) -> dict[str, object]:
        whole = data.name == "a.npy"
        once = {"seconds": 3.0 if whole else 1.0, "peak_mib": 300}
        return {"compress": once, "decompress": once, "file_bytes": 7}

    monkeypatch.setattr(level_speed, "there_and_back", told)
    monkeypatch.setattr(level_speed, "products", lambda *_: 50.0)
    np.save(tmp_path / "a.npy", level_array("rgb", 20, 1))
    row = level_speed.case(tmp_path / "a.npy", tmp_path / "few.npy", tmp_path, "rgb", 2)
    assert row["milliseconds_an_image"] == {"compress": 100.0, "decompress": 100.0}
    assert row["share_of_peak"]["decompress"] == 0.5


def test_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (committed, time_tables):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    assert time_tables.level_speed() == MISSING
    row = {
        "threads": 2, "compress_seconds": 23.0, "decompress_seconds": 25.0,
        "compress_start_seconds": 2.0, "decompress_start_seconds": 2.5,
        "compress_peak_mib": 1100, "decompress_peak_mib": 900, "products": 1.5,
        "milliseconds_an_image": {"compress": 2.1, "decompress": 2.25},
        "share_of_peak": {"compress": 0.71, "decompress": 0.67},
    }  # fmt: skip
    result = {
        "images": 10_000, "shape": [32, 32, 3], "model": "rgb", "macs_per_image": 177_000_000,
        "rows": [row],
    }  # fmt: skip
    (tmp_path / "level-speed.json").write_text(json.dumps(result))
    text = time_tables.level_speed()
    assert "| decompress | 2 | 25.0 | 2.5 | **2.25** | 1.50 | 0.67 | 900 |" in text
    assert "10,000 images of 32x32x3 by `rgb`, 177 million" in text
