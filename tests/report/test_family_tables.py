"""Families side by side: what codes tell, what images cost, and what it took."""

from __future__ import annotations

from pathlib import Path

from made_results.everything import write_results
from made_results.families import families
from made_results.models import model
from read_report import report, rows, tables

from acncodec.report.document import Document


def test_families(document: Document) -> None:
    table = tables(document, "families")[0]
    assert table.caption == "digits: 15 images (test.npz)"
    assert "Prices are of 10 images, unordered, 4 posterior samples" in table.notes[0]
    told, cost = ["4", "75.00 %", "80.00 %"], ["1,000", "2.5", "40", "2.0"]
    price = ["80.00 ± 0.500", "80.40", "0.1500", "0.1508", "+0.50 %", "50.5 of 64"]
    assert rows(table) == [
        ["pixels", *told, *["-"] * 10],
        ["aae (aae)", *told, *["-"] * 6, *cost],
        ["vq (vqvae)", *told, *price, *cost],
    ]


def test_the_mistakes_of_neighbours_are_named_most_frequent_first(document: Document) -> None:
    table = tables(document, "families")[1]
    assert "vote of 5 neighbours" in table.caption
    assert rows(table)[0] == ["pixels", "8 as 3 (3)", "3 as 5 (1)", "-"]


def test_rows_of_other_levels_say_so_and_have_no_nats(tmp_path: Path) -> None:
    result = families()
    result["rows"][2]["levels"], result["rows"][0]["confusion"] = 256, []
    files = {"model.json": model(), "families.json": result}
    table, mistakes = tables(report(write_results(tmp_path, files)), "families")
    assert [row[0] for row in rows(table)] == [
        "pixels, 2 levels", "aae (aae), 2 levels", "vq (vqvae), 256 levels",
    ]  # fmt: skip
    assert "bound, nats" not in table.headings and "bound, bits/dim" in table.headings
    assert len(mistakes.rows) == 2


def test_auto_encoders(document: Document) -> None:
    table = tables(document, "families")[2]
    assert table.caption == "Auto-encoders on 10,000 images (held back)"
    assert rows(table) == [
        ["aae", "16", "90.00 %", "93.00 %", "0.0125", "0.01", "20.00", "40.00", "0.50", "40",
         "15.0"]
    ]  # fmt: skip


def test_what_latents_are_worth(document: Document) -> None:
    (table,) = tables(document, "latents-worth")
    assert rows(table) == [
        ["pixels given the latent", "1,000.00 ± 0.250", "1,050.00 ± 0.000"],
        ["KL, unconditional prior", "40.00 ± 0.250", "-"],
        ["KL, greedy tour", "25.00 ± 0.250", "-"],
        ["KL, K = 1", "20.00 ± 0.250", "-"],
        ["in all, iid", "1,040.00", "1,050.00"],
        ["in all, tour", "1,025.00", "-"],
        ["in all, set", "1,031.00", "1,041.00"],
        ["file, iid", "1,048.00", "1,060.00"],
    ]
    assert "9.00 bits" in table.notes[0]
