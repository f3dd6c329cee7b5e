"""What runs cost: training, speed, reliability."""

from __future__ import annotations

from pathlib import Path

import pytest
from read_report import report, rows, tables

from acncodec.report.document import Document


def test_decoders_stand_side_by_side(document: Document) -> None:
    table = tables(document, "speed")[-1]
    assert "on drawn.npy: 1,000 images" in table.caption
    assert rows(table) == [
        [preset, "2", "53,231", "41.3", "900", "2.8000", "2.8125", "0.50", "0.75", "1.00",
         "1.25"]
        for preset in ("grey-small", "grey-gated")
    ]  # fmt: skip


def test_training_and_its_compute(document: Document) -> None:
    (table,) = tables(document, "training")
    assert rows(table) == [  # of 40 steps: one line each at 10, 20, 30, 40
        ["50%", "20", "1.0", "0", "95.00", "96.00", "20"],
        ["100%", "40", "2.0", "0", "85.00", "86.00", "40"],
    ]
    assert len(table.notes) == 2


def test_training_of_a_model_without_facts_has_no_compute(folder: Path) -> None:
    (folder / "training" / "mnist.jsonl").rename(folder / "training" / "else.jsonl")
    (table,) = tables(report(folder), "training")
    assert not any("multiply-adds" in heading for heading in table.headings)


def test_speed(document: Document) -> None:
    table, _, _, beside, products, _ = tables(document, "speed")
    assert rows(beside) == [
        ["decompress 10", kind, "9.5", "10.0", "0.950", "0.940", "1.000"]
        for kind in ("wall", "processor")
    ]
    assert beside.notes == ("Both wrote the same archives.",) and "abcdef0" in beside.caption
    assert rows(products) == [["3,528 x 496 x 64", "4,300", "940", "1,670", "520"]]
    assert rows(table) == [
        ["compress", "tour", "50.0", "200", "600"],
        ["decompress", "tour", "40.0", "250", "-"],
    ]
    assert "500 times the 20.0 ms" in table.notes[1]


def test_scale(document: Document) -> None:
    table, shards = tables(document, "scale")
    assert rows(table) == [
        ["1,000", "auto: set", "20.0", "25.0", "1.5", "1.25", "1.50", "700", "650"]
    ]
    assert table.notes[1].startswith("Read and written in 64 shards, 4,096 MiB of images take 900")
    assert rows(shards) == [["4", "71.400", "1.420", "1.386", "-", "-", "250"]]


@pytest.mark.parametrize("key", ["fuzz", "faults"])
def test_trials(document: Document, key: str) -> None:
    (table,) = tables(document, key)
    assert rows(table) == [
        ["one byte changed", "an error", "1,000", "0", "-"],
        ["file cut short", "-", "500", "1", "60"],
        ["together", "-", "1,500", "1", "-"],
    ]
