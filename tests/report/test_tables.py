"""Each table from small results made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_results.everything import write_results
from made_results.files import bench, ordering
from made_results.models import costs, model
from made_results.origin import OTHER_SHA
from read_report import report, rows, tables

from acncodec.analysis import paper
from acncodec.report import paper_tables
from acncodec.report.document import Document, Table
from acncodec.report.sections import PARTS


def test_every_section_is_there(document: Document) -> None:
    assert [entry.key for entry in document.sections] == [part.key for part in PARTS]
    assert document.missing == ()


def test_every_row_names_its_sources_and_fits_its_headings(document: Document) -> None:
    numbers = {origin.source.number for origin in document.origins}
    for entry in document.sections:
        for block in entry.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    assert len(row.cells) == len(block.headings), block.key
                    assert row.sources and {s.number for s in row.sources} <= numbers
            else:
                assert block.sources and block.alt and block.caption


def test_the_papers_bounds_and_ours(document: Document) -> None:
    (table,) = tables(document, "acn")
    assert rows(table) == [
        ["unordered (iid)", "80.9", "80.00 ± 0.012", "-0.90", "80.01", "80.10", "+0.100", "107.2"],
        [
            "ordered by a greedy tour (tour)", "73.9", "74.00 ± 0.012", "+0.10", "74.01", "74.10",
            "+0.100", "107.2",
        ],
        [
            "the order's bits given back (set)", "-", "71.80 ± 0.012", "-", "71.81", "71.90",
            "+0.100", "107.2",
        ],
        [
            "the order's bits given back, codes sent as priors (urn)", "-", "72.50 ± 0.012", "-",
            "72.51", "72.60", "+0.100", "107.2",
        ],
    ]  # fmt: skip
    assert [source.path for source in table.sources] == [
        "results/mnist-10000.json", "results/urn.json",
    ]  # fmt: skip


def test_two_draws_of_the_test_set_are_told_apart(tmp_path: Path) -> None:
    static = bench(data="mnist-static-test.npz", orderings={"iid": ordering(79.0)})
    other = bench(data="a/mnist-test.npz", orderings={"iid": ordering(81.0)})
    vae = static | {"model": "mnist-vae", "model_sha256": OTHER_SHA}
    made = {"model.json": model(), "a.json": other, "b.json": static, "c.json": vae}
    about = costs() | {"data": "x/mnist-static-test.npz"}
    document = report(write_results(tmp_path, made | {"costs.json": about}))
    (acn,) = tables(document, "acn")
    assert [row[:3] for row in rows(acn)] == [
        ["unordered (iid), mnist-static-test.npz", "80.9", "79.00 ± 0.012"],
        ["unordered (iid), mnist-test.npz", "80.9", "81.00 ± 0.012"],
    ]
    assert acn.notes[:2] == (paper_tables.SENDS_NOTHING, paper_tables.DRAWS)
    (models,) = tables(document, "models")
    assert [row[1] for row in rows(models)] == [
        "iid, mnist-static-test.npz", "iid, mnist-test.npz", "iid, mnist-static-test.npz",
    ]  # fmt: skip
    (parts,) = tables(document, "costs")
    assert rows(parts)[-1] == ["KL, unconditional prior", "13.00 ± 0.010", "80.00", "79.10"]
    assert "10,000 images of mnist-static-test.npz" in parts.caption


@pytest.mark.parametrize(
    ("data", "note"),
    [("mnist-static-test.npz", ()), ("mnist-test.npz", (paper_tables.OTHER_DRAW,))],
)
def test_which_draw_a_table_is_of_is_said(tmp_path: Path, data: str, note: tuple[str, ...]) -> None:
    made = {"model.json": model(), "a.json": bench(data=data)}
    (acn,) = tables(report(write_results(tmp_path, made)), "acn")
    assert acn.notes == (paper_tables.SENDS_NOTHING, *note, paper_tables.UNCHECKED)


def test_other_models_stand_under_their_own_names(document: Document) -> None:
    (table,) = tables(document, "models")
    shown = rows(table)
    assert [row[0] for row in shown] == ["mnist"] * 4 + ["mnist-pixelcnn, Gated PixelCNN"]
    assert shown[-1][1:6] == ["iid", "-", "82.00 ± 0.012", "-", "82.01"]
    assert [row.strong for row in table.rows] == [True] * 4 + [False]


def test_a_model_of_the_same_name_but_another_sha_is_not_mixed_in(tmp_path: Path) -> None:
    other = bench(model_sha256=OTHER_SHA, orderings={"tour": ordering(60.0)})
    files = {"model.json": model(), "a.json": bench(), "b.json": other}
    document = report(write_results(tmp_path, files))
    (acn,) = tables(document, "acn")
    assert [row[4] for row in rows(acn)] == ["80.01", "74.01", "71.81"]
    (models,) = tables(document, "models")
    assert rows(models)[-1][0] == "mnist (bbbbbbbb)"
    assert rows(models)[-1][2] == "-"  # the paper's bound is of an ACN of its own


def test_another_model_on_other_images_is_not_lost(tmp_path: Path) -> None:
    other = bench(500, model="vae", model_sha256=OTHER_SHA, orderings={"iid": ordering(90.0)})
    document = report(write_results(tmp_path, {"model.json": model(), "a.json": other}))
    (table,) = tables(document, "models")
    assert rows(table) == [
        ["vae", "500 (mnist-500.npz)", "iid", "23.00", "90.00 ± 0.012", "90.01", "90.10", "+0.100"]
    ]


def test_parts_of_the_bound(document: Document) -> None:
    (table,) = tables(document, "costs")
    assert rows(table) == [
        ["reconstruction", "67.00 ± 0.007", "-", "-"],
        ["KL, K = 5", "4.00 ± 0.003", "71.00", "-"],
        ["KL, greedy tour", "7.00 ± 0.004", "74.00", "74.10"],
        ["KL, unconditional prior", "13.00 ± 0.010", "80.00", "80.10"],
    ]
    assert "10 posterior samples" in table.caption
    assert table.notes == (paper_tables.LEFT_OUT,)
    assert [source.path for source in table.rows[2].sources] == [
        "results/costs.json", "results/mnist-10000.json",
    ]  # fmt: skip


def test_a_checked_figure_of_the_paper_brings_its_columns(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(paper.COSTS, "kl_k5", paper.PaperFigure("KL, K = 5", 4.5, "Table 2"))
    (table,) = tables(report(folder), "costs")
    assert table.headings[1:4] == ("paper", "ours", "ours - paper")
    assert rows(table)[1] == ["KL, K = 5", "4.5", "4.00 ± 0.003", "-0.50", "71.00", "-"]
    assert paper_tables.UNCHECKED in table.notes


def test_the_file_of_a_greedy_tour_is_a_greedy_one(folder: Path) -> None:
    better = bench(solver="improved", orderings={"tour": ordering(73.0)})
    write_results(folder, {"mnist-10000-improved.json": better})
    (table,) = tables(report(folder), "costs")
    assert rows(table)[2][-1] == "74.10"


def test_k_sweep_by_k(document: Document) -> None:
    (table,) = tables(document, "k-sweep")
    assert rows(table) == [
        ["1", "3.00", "5.00", "12.00", "83.00", "75.50", "90.00 %"],
        ["10", "6.00", "5.50", "-", "81.00", "74.80", "-"],
    ]
    assert "20 minutes" in table.caption


def test_choices_in_their_order(document: Document) -> None:
    (table,) = tables(document, "choices")
    assert rows(table) == [
        ["as the preset", "6.00", "12.00", "83.00", "77.00", "90.00 %", "91.00 %"],
        ["longer", "6.10", "12.50", "82.00", "76.00", "92.00 %", "93.00 %"],
    ]
    assert "10 steps" in table.caption


def test_choices_on_images_held_back(document: Document) -> None:
    (table,) = tables(document, "held-back-choices")
    assert rows(table) == [
        ["Adam", "2,000", "2.40", "79.00", "90.00 %", "91.00 %"],
        ["Muon", "2,000", "2.80", "76.40", "92.00 %", "93.00 %"],
    ]
    assert "priced and probed on valid.npz" in table.caption


def test_the_curve_of_probes(document: Document) -> None:
    (table,) = tables(document, "probe-curve")
    assert rows(table) == [["2,000", "90.00 %", "94.00 %"], ["4,000", "95.00 %", "97.00 %"]]
    assert "power -1.00" in table.caption
    assert "98.5% after some 13,333 steps" in table.caption


def test_probe(document: Document) -> None:
    (table,) = tables(document, "probe")
    assert rows(table) == [
        ["pixels", "92.00 %", "96.00 %"],
        ["PCA, 16 components", "81.00 %", "95.00 %"],
        ["ACN codes", "97.50 %", "98.00 %"],
        ["ACN of 8 dimensions", "90.00 %", "-"],
    ]


def test_differences_add_up(document: Document) -> None:
    (table,) = tables(document, "bits")
    assert table.headings == ("cause", "`iid`", "`tour`", "`set`", "`urn`")
    shown = rows(table)
    assert shown[0] == ["lane starts", *["+0.0200"] * 4]
    assert shown[-1] == ["together", *["+0.1000"] * 4]
    assert sum(float(row[1]) for row in shown[:-1]) == pytest.approx(0.1)


def test_strategies_by_number_of_images(document: Document) -> None:
    (table,) = tables(document, "strategies")
    shown = rows(table)
    assert [row[:2] for row in shown][:4] == [
        ["100", "iid"], ["100", "tour"], ["100", "set"], ["10,000", "iid"],
    ]  # fmt: skip
    assert shown[4] == [
        "10,000", "tour", "7.00", "74.00 ± 0.012", "74.01", "74.10", "+0.100",
        "73 %", "1,234", "12.0", "13.0",
    ]  # fmt: skip
    assert [row.opens for row in table.rows] == [False] * 3 + [True] + [False] * 3


def test_a_file_that_did_not_come_back_is_not_hidden(tmp_path: Path) -> None:
    broken = bench(orderings={"iid": ordering(80.0, restored_exactly=False)})
    document = report(write_results(tmp_path, {"model.json": model(), "a.json": broken}))
    (table,) = tables(document, "strategies")
    assert table.headings[-1] == "restored"
    assert rows(table)[0][-1] == "NO"


def test_orders(document: Document) -> None:
    (table,) = tables(document, "order")
    assert rows(table) == [
        ["greedy tour", "7.00 ± 0.010", "74.00", "74.10", "+0.100", "3.0"],
        ["improved tour", "6.20", "73.20", "-", "-", "-"],
        ["cheapest predecessor", "5.50", "-", "-", "-", "-"],
    ]
    assert [row.strong for row in table.rows] == [False, False, True]


def test_urns(document: Document) -> None:
    (table,) = tables(document, "unlike")
    assert rows(table) == [
        ["test images", "1,000", "6.50", "6.40", "74.50", "74.45", "-0.05", "10,000",
         "prior network"],
        ["inverted", "900", "92.00", "4.50", "500.00", "412.50", "-87.50", "100", "14"],
    ]  # fmt: skip


def test_labels(document: Document) -> None:
    (table,) = tables(document, "labels")
    assert rows(table) == [["1,000", "canonical", "174", "536", "414"]]


def test_coded_models(document: Document) -> None:
    (table,) = tables(document, "coded-models")
    assert table.caption.endswith("of 8,000 weights, its steps as for 10,000 images, tried on 400")
    assert rows(table) == [
        ["not rounded", "12,000", "12.00", "2.8000", "0.000"],
        ["0.50", "8,000", "8.00", "2.8025", "0.250"],
        ["1.70", "6,000", "6.00", "2.8150", "1.500"],
    ]


def test_coders_where_there_are_two(document: Document) -> None:
    (table,) = tables(document, "coders")
    assert [row[:3] for row in rows(table)] == [
        ["10,000", strategy, coder] for strategy in ("iid", "tour", "set")
        for coder in ("ans", "torchac")
    ]  # fmt: skip


def test_what_has_no_result_is_listed(tmp_path: Path) -> None:
    document = report(write_results(tmp_path, {"model.json": model()}))
    assert document.sections == ()
    assert len(document.missing) == len(PARTS)
    assert document.highlights == ()


def test_the_head(document: Document) -> None:
    facts = {fact.name: fact.text for fact in document.facts}
    assert "1,000 parameters" in facts["Size"]
    assert facts["Training"] == "40 steps, 2 minutes, seed 1, 50,000 images of train.gz"
    assert facts["Machine"] == "A processor, 2 cores, Linux x86_64"
    assert facts["Measured"] == "2026-01-02"
    assert "mnist-100.npz (100 images), mnist-10000.npz (10,000 images)" in facts["Data"]
    assert [tile.value for tile in document.highlights] == ["71.90", "80.10", "74.10", "+0.14"]


def test_every_file_says_its_kind_and_model(document: Document) -> None:
    origins = {origin.source.path.removeprefix("results/"): origin for origin in document.origins}
    kinds = {name: (origin.kind, origin.model) for name, origin in origins.items()}
    assert kinds["k_sweep.json"] == ("k_sweep", "")
    assert kinds["model.json"] == ("model", "mnist")
    assert kinds["pixelcnn.json"] == ("bench", "mnist-pixelcnn")
    assert kinds["training/mnist.jsonl"] == ("training log", "mnist")
    assert origins["probe.json"].command == "acncodec something --json"
