"""The table of the field's models: rows in their order, and what is not there yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import committed
import family_tables
import pytest
from made_results.families import families

from acncodec.families.registry import families as all_families


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of results."""
    for module in (committed, family_tables):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    (tmp_path / "families").mkdir()
    return tmp_path / "families"


def put(folder: Path, name: str, result: dict[str, Any]) -> None:
    (folder / f"{name}.json").write_text(json.dumps(result), encoding="utf-8")


def test_every_row_that_is_to_stand_there_is_a_family() -> None:
    known = {family.name for family in all_families()}
    for _, rows in family_tables.SETS.values():
        assert set(rows) - set(family_tables.PIXELS) <= known & set(family_tables.NAMES)


def test_without_results_all_rows_are_not_measured(folder: Path) -> None:
    tables = family_tables.families().split("\n\n")
    assert [cells(table.splitlines()[0])[0] for table in tables] == [
        "binarised MNIST", "Fashion-MNIST", "CIFAR-10",
    ]  # fmt: skip
    for table in tables:
        lines = [cells(line) for line in table.splitlines()]
        assert len({len(line) for line in lines}) == 1
        assert all(line[1] == "not measured" and not any(line[2:]) for line in lines[2:])
    assert [cells(line)[0] for line in tables[1].splitlines()[2:]] == [
        "pixels", "principal components", "VQ-VAE", "ACN-VQ",
    ]  # fmt: skip


def test_rows_have_what_was_measured_of_them(folder: Path) -> None:
    put(folder, "mnist", families())
    table, about = family_tables.families().split("\n\n")[:2]
    lines = {cells(line)[0]: cells(line)[1:] for line in table.splitlines()[2:]}
    told, cost = ["4", "75.0%", "80.0%"], ["1,000", "2.5 M", "40", "2"]
    assert lines["pixels"] == [*told, *[""] * 10]
    assert lines["AAE"] == [*told, *[""] * 6, *cost]
    assert lines["VQ-VAE"] == [
        *told, "80.00 ± 0.500", "**80.40**", "0.1500", "**0.1508**", "+0.50 %", "50 of 64", *cost,
    ]  # fmt: skip
    assert lines["ACN"][0] == "not measured"
    assert list(lines).index("AAE") < list(lines).index("VQ-VAE") < list(lines).index("ACN")
    assert "learned from 60 images and were tried on 15 (test.npz), of which 10 were" in about


def test_nats_are_of_binary_images_and_levels_are_told_apart(folder: Path) -> None:
    result = families()
    for row in result["rows"]:
        row["levels"] = 256
    put(folder, "cifar10", result)
    table = family_tables.families().split("\n\n")[2]
    assert "nats" not in table and "levels" not in table
    assert "| aae" in table.lower()  # nothing that was measured is left out
    result["rows"][2]["levels"] = 2
    put(folder, "cifar10", result)
    table = family_tables.families().split("\n\n")[2]
    lines = {cells(line)[0]: cells(line)[1:] for line in table.splitlines()[2:]}
    assert {"pixels, 256 levels", "AAE, 256 levels", "VQ-VAE, 2 levels"} <= set(lines)
    assert lines["VQ-VAE, 2 levels"][3] == "80.00 ± 0.500" and not lines["AAE, 256 levels"][3]
