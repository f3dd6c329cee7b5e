"""`bench/devices.py`: one file by every way of working, and what is noticed where there is not."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import devices
import numpy as np
import pytest
from level_sets import level_array, tiny_resnet

SCRIPT = Path(devices.__file__)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    np.save(tmp_path / "a.npy", level_array("grey", 20, 1, 9, 14))
    (tmp_path / "m.safetensors").write_bytes(tiny_resnet(1).to_bytes())
    return tmp_path / "a.npy", tmp_path / "m.safetensors"


def test_rates_and_digests_of_all_ways(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, model = map(str, files)
    line = [str(SCRIPT), data, "--model", model, "--device", "cpu", "--batches", "7", "64"]
    monkeypatch.setattr(sys, "argv", [*line, "--repeat", "3"])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    found = json.loads(capsys.readouterr().out)
    assert found["kind"] == "devices" and found["images"] == 60
    assert len({row["sha256"] for row in found["rows"]}) == 1
    assert [row["batch"] for row in found["rows"]] == [256, 7, 64]
    assert all(rate > 0 for row in found["rows"] for rate in row["images_a_second"].values())


def test_another_file_is_noticed(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    data, model = devices.images_of(files[0], 1), tiny_resnet(1)
    made = iter([b"a", b"b"])
    monkeypatch.setattr(devices, "measured", lambda *_: (next(made), {}))
    with pytest.raises(SystemExit, match="cpu makes another file, 5 at once"):
        devices.rows(data, model, "cpu", [5])


def test_copies_are_distinct(files: tuple[Path, Path]) -> None:
    data = devices.images_of(files[0], 5)
    assert len(np.unique(data.pixels.reshape(100, -1), axis=0)) == 100
    with pytest.raises(SystemExit, match="repeats"):
        devices.images_of(files[0], 5000)
