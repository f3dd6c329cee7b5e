"""`bench/ray_beside.py`: what is asked of each way, and that archives must be alike."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from acncodec.report.schema import ClusterWay

pytest.importorskip("ray", reason="Ray is not installed (extra `ray`)")
import ray_beside

OPTIONS = argparse.Namespace(images=20, shards=3, more=None)


def asked(monkeypatch: pytest.MonkeyPatch, digests: list[str]) -> list[dict[str, Any]]:
    """What processes are asked to do, which say these digests in turn."""
    tasks: list[dict[str, Any]] = []

    def child(**task: Any) -> dict[str, Any]:
        tasks.append(task)
        return {"way": task["way"], "file_sha256": digests[len(tasks) - 1]}

    monkeypatch.setattr(ray_beside, "child", child)
    return tasks


def test_the_way_without_a_cluster_comes_first_and_both_go_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tasks = asked(monkeypatch, ["a", "a"])
    rows = ray_beside.both_ways("beside", tmp_path / "set.npy", OPTIONS)
    assert [row["way"] for row in rows] == ["here", "ray"]
    assert all(task["and_back"] and task["size"] == 7 for task in tasks)
    assert len(np.load(tmp_path / "set.npy")) == 20


def test_archives_that_differ_are_no_result(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked(monkeypatch, ["a", "b"])
    with pytest.raises(SystemExit, match="the archives differ"):
        ray_beside.both_ways("beside", tmp_path / "set.npy", OPTIONS)


def test_a_large_set_is_done_in_both_orders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tasks = asked(monkeypatch, ["a", "b"])
    count, rows = ray_beside.of_memory(tmp_path / "large.npy", 1)
    assert count * ray_beside.SAMPLES >= 1 << 20 and len(rows) == 2
    assert [task["order"] for task in tasks] == ["keep", "any"]
    assert all(task["size"] * task["shards"] == count for task in tasks)


def test_more_images_than_there_are_must_be_named() -> None:
    with pytest.raises(SystemExit, match="there are only 10000 images"):
        ray_beside.images_of(10_001, None)


def test_a_way_is_measured_as_the_report_expects_it(tmp_path: Path) -> None:
    source = tmp_path / "set.npy"
    np.save(source, ray_beside.images_of(20, None))
    task = {
        "way": "here", "source": str(source), "size": 10, "order": "any", "and_back": True,
        "begun": time.monotonic(),
    }  # fmt: skip
    way = msgspec.convert(ray_beside.there_and_back(task, tmp_path, None, None), ClusterWay)
    assert (way.way, way.order) == ("here", "any") and way.decompress_seconds is not None
