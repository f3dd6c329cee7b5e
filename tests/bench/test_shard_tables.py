"""`bench/shard_tables.py`: tables of results that may not be there yet."""

from __future__ import annotations

import json
from pathlib import Path

import committed
import pytest
import shard_tables
from made_results.origin import SHA
from made_results.shards import random_access, ray_beside
from made_results.trials import refusals
from picture_tables import MISSING


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(committed, "RESULTS", tmp_path)
    monkeypatch.setattr(shard_tables, "RESULTS", tmp_path)
    (tmp_path / "ray").mkdir()
    return tmp_path


def test_what_is_not_measured_is_said(results: Path) -> None:
    assert list(results.iterdir()) == [results / "ray"]
    tables = (shard_tables.on_a_cluster, shard_tables.one_by_one, shard_tables.refusals)
    assert [table() for table in tables] == [MISSING] * 3


def test_parts_that_are_there_are_one_table(results: Path) -> None:
    (results / "ray" / "beside.json").write_text(json.dumps(ray_beside()))
    lost = ray_beside("lost", ("lost",))
    (results / "ray" / "lost.json").write_text(json.dumps(lost))
    text = shard_tables.on_a_cluster()
    assert "| two threads, no cluster | 70,000 | 14 | 52 | `any` | 12 | 75 | 77 | 400 |" in text
    assert "| the same, a machine lost |" in text and "byte for byte" in text
    assert "the cluster took +0.7% of what" in text
    (results / "ray" / "lost.json").write_text(json.dumps(lost).replace(SHA, "b" * 64))
    assert "are NOT alike" in shard_tables.on_a_cluster()


def test_images_one_by_one(results: Path) -> None:
    (results / "random-access.json").write_text(json.dumps(random_access()))
    text = shard_tables.one_by_one()
    assert "| in batches of 64, at random | 21.0 | **1.05** |" in text
    assert "takes 51 ms (64 at the most of 99)" in text


def test_refusals(results: Path) -> None:
    (results / "refusals.json").write_text(json.dumps(refusals()))
    assert "| a zip of a million members | `compress` | 51,000,000 | 30.0 |" in (
        shard_tables.refusals()
    )
