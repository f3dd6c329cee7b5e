"""Other compressors on the same images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from made_results.everything import write_results
from made_results.files import rivals
from made_results.models import model
from read_report import report, rows, tables

from acncodec.report.document import Document


def test_rivals_smallest_first(document: Document) -> None:
    table, *_ = tables(document, "rivals")
    shown = rows(table)
    assert [row[0] for row in shown] == ["acncodec --order any", "JPEG XL -e 9", "xz -9e"]
    assert [row[3] for row in shown] == ["-", "60,000", "90,000"]  # each image by itself
    assert [row[4] for row in shown] == ["0.102", "0.204", "0.306"]
    assert table.headings[7] == "times our smallest"
    assert [row[7] for row in shown] == ["1.00", "2.00", "3.00"]
    assert [row.strong for row in table.rows] == [True, False, False]
    assert table.notes == ("JBIG2 is not measured: no encoder.",)
    assert "1,000 images of 28 x 28, 2 levels (mnist-test-binary.npz)" in table.caption


def without_ours(**more: Any) -> dict[str, Any]:
    theirs = [row for row in rivals()["rows"] if not row["name"].startswith("acncodec")]
    return rivals(rows=theirs, **more)


def test_rivals_without_ours_stand_beside_the_smallest_of_them(tmp_path: Path) -> None:
    files = {"model.json": model(), "rivals.json": without_ours()}
    (table,) = tables(report(write_results(tmp_path, files)), "rivals")
    assert table.headings[7] == "times the smallest"
    assert [row[7] for row in rows(table)] == ["1.00", "1.50"]
    assert "model" not in table.caption


def test_a_busy_machine_is_told_beside_its_times(tmp_path: Path) -> None:
    files = {"model.json": model(), "rivals.json": rivals(machine_busy=True)}
    (table,) = tables(report(write_results(tmp_path, files)), "rivals")
    assert table.notes[0].startswith("Other work ran on the machine")


def test_rivals_of_several_sets_are_shown_at_a_glance(tmp_path: Path) -> None:
    files = {
        "model.json": model(), "rivals.json": rivals(),
        "tiles.json": without_ours(data="tiles.npy", shape=[32, 32, 3], levels=256),
    }  # fmt: skip
    glance, *each = tables(report(write_results(tmp_path, files)), "rivals")
    assert len(each) == 2
    assert rows(glance) == [
        ["1,000 images of 28 x 28, 2 levels (mnist-test-binary.npz)", "JPEG XL -e 9", "mosaic",
         "20,000", "0.204", "10,000", "0.500"],
        ["1,000 images of 32 x 32 x 3, 256 levels (tiles.npy)", "JPEG XL -e 9", "mosaic",
         "20,000", "0.204", "-", "-"],
    ]  # fmt: skip
