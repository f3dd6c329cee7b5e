"""A set on a cluster, and images one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from made_results.everything import write_results
from made_results.shards import ray_beside
from read_report import rows, tables

from acncodec.report.document import Document
from acncodec.report.markdown import NONE
from acncodec.report.results import load_results
from acncodec.report.schema import RayBeside
from acncodec.report.shard_tables import ray_table


def test_all_parts_on_a_cluster_are_one_table(document: Document) -> None:
    machines, _ = tables(document, "shards")
    assert [row[0] for row in rows(machines)] == [
        "here, without a cluster", "the cluster", "the cluster, a machine lost",
    ]  # fmt: skip
    assert rows(machines)[1][5:] == ["12.2", "76.0", "77.0", "400"]
    assert "Archives of the same images are the same bytes." in machines.notes


def test_archives_that_differ_are_told(tmp_path: Path) -> None:
    results = load_results([write_results(tmp_path / "results", {"ray.json": ray_beside()})])
    ((source, found),) = results.of(RayBeside)
    here, there = found.rows
    other = replace(found, rows=(here, replace(there, file_sha256="b" * 64)))
    table = ray_table([(source, other)])
    assert table is not None and "Archives differ." in table.notes


def test_an_epoch_beside_a_whole_decompression(document: Document) -> None:
    _, single = tables(document, "shards")
    assert [row[1:] for row in rows(single)] == [
        ["20.00", "1.000"], ["21.00", "1.050"], ["25.00", "1.250"],
        ["15.00", NONE], ["18.50", NONE],
    ]  # fmt: skip
    assert "took 51 ms in the middle and 64 ms at the most, of 99" in single.notes[0]
