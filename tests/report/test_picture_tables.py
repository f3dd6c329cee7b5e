"""Photographs, many shapes, sets that were left out."""

from __future__ import annotations

from read_report import rows, tables

from acncodec.report.document import Document


def test_pictures(document: Document) -> None:
    files, single, shapes, left = tables(document, "pictures")
    assert [row[0] for row in rows(files)] == ["a.png", "b.png"]
    assert [row[:2] for row in rows(single)] == [
        ["acncodec", "300"], ["WebP", "305"], ["acncodec, tiles of 64x64", "310"], ["PNG", "400"],
    ]  # fmt: skip
    assert rows(shapes) == [
        ["300", "1", "400,000", "90,000", "5.00", "2.50"],
        ["300", "300", "400,000", "90,000", "7.50", "2.50"],
    ]
    assert "1.50 times as long to compress" in shapes.notes[0] and "4.2 bytes" in shapes.notes[0]
    assert rows(left) == [["a.npy", "2.500", "3.000", "20.0", "1.5"]]
