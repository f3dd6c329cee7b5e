"""Shards on a cluster, beside those of one process."""

from __future__ import annotations

from pathlib import Path

from made_results import model, ray_beside, write_results
from read_report import report, rows, tables

from acncodec.report.document import Document


def test_ways_and_the_stream(document: Document) -> None:
    (table,) = tables(document, "ray")
    times = ["1,000", "1.5", "50.0", "40.0", "600"]
    assert rows(table) == [
        ["threads of one process", *times],
        ["a machine lost in the middle", *times],
        ["the cluster, 4,096 MiB read shard by shard", "5,000", "-", "500.0", "-", "700"],
    ]
    assert "14 shards" in table.caption and table.notes[0].startswith("All made the same file.")


def test_other_bytes_are_not_hidden(tmp_path: Path) -> None:
    result = ray_beside() | {"same_bytes": False, "stream": None}
    files = {"model.json": model(), "ray.json": result}
    (table,) = tables(report(write_results(tmp_path, files)), "ray")
    assert len(table.rows) == 2 and table.notes[0].startswith("NOT all")
