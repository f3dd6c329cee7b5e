"""`bench/scale.py`: what is start-up, what is an image's time, and what is ordering's share."""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "scale.py"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def test_start_up_is_told_apart(script: dict[str, Any]) -> None:
    packed = {
        "ordering": "set", "nats_per_image": 73.5, "file_bytes": 100, "start_seconds": 1.5,
        "seconds": 4.0, "peak_mib": 300, "stages": {"ordering": 1.0, "coding": 3.0},
    }  # fmt: skip
    unpacked = {"start_seconds": 1.0, "seconds": 2.0, "peak_mib": 200, "stages": {"decoding": 2.0}}
    row = script["row"](10, "auto", packed, unpacked)
    assert (row["asked"], row["ordering"], row["ordering_share"]) == ("auto", "set", 0.25)
    assert (row["compress_seconds_per_image"], row["decompress_seconds_per_image"]) == (0.4, 0.2)
    assert (row["compress_start_seconds"], row["decompress_start_seconds"]) == (1.5, 1.0)
    assert (row["compress_total_seconds"], row["decompress_total_seconds"]) == (5.5, 3.0)


def test_one_row_of_real_images(script: dict[str, Any], tmp_path: Path) -> None:
    source = tmp_path / "in.npz"
    script["subset"](5, None, source)
    with np.load(source) as arrays:
        assert len(arrays["x"]) == len(arrays["y"]) == 5
    options = argparse.Namespace(order="any", threads=1)
    row = script["growth"](5, source, tmp_path, "set", options)
    assert row["restored_exactly"] and row["ordering"] == "set" and row["images"] == 5
    for way in ("compress", "decompress"):
        assert 0 < row[f"{way}_start_seconds"] < row[f"{way}_total_seconds"]
    assert set(row["decompress_stages"]) >= {"start", "decoding"}


def test_more_images_than_there_are(script: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="only 10000 images"):
        script["subset"](10_001, None, tmp_path / "in.npz")
