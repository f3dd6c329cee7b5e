"""Images of many levels, and fitted models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from made_results.everything import everything, write_results
from made_results.files import fits
from read_report import report, rows, tables

from acncodec.report.document import Document


def test_level_speed(document: Document) -> None:
    _, table, *_ = tables(document, "speed")
    assert rows(table) == [
        ["compress", "2", "23.0", "2.0", "2.10", "1.50", "0.71", "1,100"],
        ["decompress", "2", "25.0", "2.5", "2.25", "1.50", "0.67", "900"],
    ]
    assert table.caption.startswith("10,000 images of 32x32x3 by")
    assert "177 million multiply-adds" in table.caption


def test_devices(document: Document) -> None:
    table = next(one for one in tables(document, "speed") if one.key.startswith("devices"))
    assert rows(table) == [
        ["cpu", "2", "256", "800.0", "750.5"], ["cuda", "1", "1,024", "2,000.0", "1,600.0"]
    ]  # fmt: skip
    assert table.caption.startswith("10,000 images of 1x28x28 by")


def test_sizes_of_fitted_networks(document: Document) -> None:
    (table,) = tables(document, "fit-sizes")
    assert rows(table) == [
        ["22,000", "360,000", "18,000", "25.0", "30,000", "-", "-", "-"],
        ["51,000", "365,000", "29,000", "10.8", "20,000", "7", "2.8", "2.2"],
    ]
    assert "10 minutes on 1 thread(s)" in table.caption


def test_fits(document: Document) -> None:
    (table,) = tables(document, "fits")
    assert rows(table) == [
        ["fast", "400,000", "0.800", "20,000", "30,000", "5.33", "7", "4.0", "2.5"]
    ]
    assert table.headings[-2:] == ("decompress, 1 threads, s", "decompress, 2 threads, s")
    assert "xz -9e, bytes, 500,000 bytes" in table.notes[1]


def test_a_fit_without_rivals_says_so(tmp_path: Path) -> None:
    alone: dict[str, Any] = fits() | {"best_rival": None}
    alone["rows"][0] |= {"ratio": None}
    (table,) = tables(report(write_results(tmp_path, everything() | {"fits.json": alone})), "fits")
    assert "No other compressor" in table.notes[1]
