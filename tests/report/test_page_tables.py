"""Pages of `acncodec explore`: their sizes, and how they move in a browser."""

from __future__ import annotations

from read_report import rows, tables

from acncodec.report.document import Document


def test_pages_that_were_seen_and_that_were_not(document: Document) -> None:
    (table,) = tables(document, "pages")
    assert rows(table) == [
        ["mnist (mnist.npz)", "chromium 120", "5.50", "6.00", "60.0", "24.5", "0"],
        ["cifar (cifar.npy)", "not seen: there is no browser", "5.50", "6.00", "60.0", "-", "-"],
    ]
    assert table.notes == ("Bokeh 3 takes 1.25 MB of each page.",)
