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
    packed = fits.packed_in(tmp_path, data, 0.02, "fast")
    told = fits.fitted(data, packed, 0.02, ("--fast", "--threads", "1"))
    row = fits.row(data, packed, told, "fast")
    assert row["file_bytes"] == packed.stat().st_size
    assert set(row["decompress_seconds"]) >= {"1"}
    assert (row["weights"] > 0) == (row["model_bytes"] > 0)
    assert row["fitted_on"]["cores"] >= 1
    changed = packed.stat().st_mtime_ns
    assert fits.fitted(data, packed, 0.02, ("--fast",)) == told
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
    fitted = []

    def fit(_data: Path, packed: Path, minutes: float, flags: tuple[str, ...]) -> dict[str, Any]:
        fitted.append((packed.name, minutes, flags))
        return {"told": packed.name}

    def row(_data: Path, packed: Path, told: dict[str, Any], speed: str) -> dict[str, Any]:
        assert told == {"told": packed.name}
        return {"speed": speed, "file_bytes": 5}

    monkeypatch.setattr(fits, "fitted", fit)
    monkeypatch.setattr(fits, "row", row)
    monkeypatch.setattr(fits, "best_rival", lambda _: {"name": "xz", "bytes": 10})
    arguments = ["fits.py", str(data), str(tmp_path), "--minutes", "3", "--speeds", "fast", "slow"]
    arguments += ["--threads", "1"]
    monkeypatch.setattr(sys, "argv", [*arguments, "--fit-only"])
    fits.main()
    assert capsys.readouterr().out == ""
    assert [(minutes, flags) for _, minutes, flags in fitted] == [
        (3.0, ("--threads", "1", "--fast")), (3.0, ("--threads", "1", "--slow")),
    ]  # fmt: skip
    monkeypatch.setattr(sys, "argv", arguments)
    fits.main()
    result = json.loads(capsys.readouterr().out)
    assert result["threads"] == 1
    assert [(each["speed"], each["ratio"]) for each in result["rows"]] == [
        ("fast", 0.5), ("slow", 0.5),
    ]  # fmt: skip
