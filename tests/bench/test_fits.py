"""`bench/fits.py`: files of a fit there and back, beside others on the same pixels."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import fits
import numpy as np
import pytest
from level_sets import level_array


@pytest.fixture
def data(tmp_path: Path) -> Path:
    np.save(tmp_path / "a.npy", level_array("grey", 40, 1, 9, 8))
    return tmp_path / "a.npy"


def test_a_fit_is_measured_and_not_made_again(data: Path, tmp_path: Path) -> None:
    row = fits.row(data, tmp_path, 0.02, "fast")
    packed = tmp_path / "a-0.02-fast.acn"
    assert row["file_bytes"] == packed.stat().st_size
    assert set(row["decompress_seconds"]) >= {"1"}
    assert (row["weights"] > 0) == (row["model_bytes"] > 0)
    changed = packed.stat().st_mtime_ns
    assert fits.row(data, tmp_path, 0.02, "fast")["file_bytes"] == row["file_bytes"]
    assert packed.stat().st_mtime_ns == changed


def test_other_images_are_noticed(data: Path, tmp_path: Path) -> None:
    fits.fitted(data, tmp_path / "b.acn", 0.02, ("--fast",))
    np.save(data, level_array("grey", 40, 2, 9, 8))
    with pytest.raises(SystemExit, match="other images"):
        fits.decoded(data, tmp_path / "b.acn", tmp_path)


def test_the_best_of_others_is_of_the_same_pixels(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def result(name: str, digest: str, rows: list[tuple[str, int]]) -> None:
        made = [{"name": codec, "layout": "mosaic", "bytes": size} for codec, size in rows]
        text = json.dumps({"pixels_sha256": digest, "rows": made})
        (tmp_path / "rivals" / f"{name}.json").write_text(text)

    monkeypatch.setattr(fits, "RESULTS", tmp_path)
    (tmp_path / "rivals").mkdir()
    assert fits.best_rival(data) is None
    digest = hashlib.sha256(np.load(data).tobytes()).hexdigest()
    result("a", digest, [("xz", 70), ("PNG", 90), ("acncodec", 10)])
    result("other", "0" * 64, [("xz", 1)])
    assert fits.best_rival(data) == {"name": "xz", "layout": "mosaic", "bytes": 70}


def test_the_result_has_a_row_for_each_speed(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def row(_data: Path, _work: Path, minutes: float, speed: str) -> dict[str, Any]:
        return {"speed": speed, "minutes": minutes, "file_bytes": 5}

    monkeypatch.setattr(fits, "row", row)
    monkeypatch.setattr(fits, "best_rival", lambda _: {"name": "xz", "bytes": 10})
    arguments = ["fits.py", str(data), str(tmp_path), "--minutes", "3", "--speeds", "fast", "slow"]
    monkeypatch.setattr(sys, "argv", arguments)
    fits.main()
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [(each["speed"], each["ratio"]) for each in rows] == [("fast", 0.5), ("slow", 0.5)]
