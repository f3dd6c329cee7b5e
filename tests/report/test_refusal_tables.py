"""What is refused, and how fast."""

from __future__ import annotations

from read_report import rows, tables

from acncodec.report.document import Document


def test_refusals(document: Document) -> None:
    (table,) = tables(document, "refusals")
    assert rows(table) == [
        ["a zip of a million members", "compress", "51,000,000", "0.030", "1.5", "0"]
    ]
