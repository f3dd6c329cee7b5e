"""What the paper reports of ACN: its bounds, its tables and its figure, and ours."""

from __future__ import annotations

from acncodec.report import paper_tables
from acncodec.report.chapters.part import Block, Part
from acncodec.report.figures import k_figure
from acncodec.report.points import points_of, points_of_others
from acncodec.report.results import Results
from acncodec.report.schema import Costs, KSweep, Probe
from acncodec.report.subject import Subject


def _acn(results: Results, subject: Subject) -> list[Block]:
    return [paper_tables.acn_table(points_of(results, subject))]


def _models(results: Results, subject: Subject) -> list[Block]:
    points, others = points_of(results, subject), points_of_others(results, subject)
    return [
        paper_tables.models_table(points, others, subject),
        paper_tables.others_table(others, subject),
    ]


def _costs(results: Results, subject: Subject) -> list[Block]:
    points = points_of(results, subject)
    return [
        paper_tables.costs_table(source, costs, points, subject)
        for source, costs in results.of(Costs)
    ]


def _k_sweep(results: Results, _subject: Subject) -> list[Block]:
    blocks: list[Block] = []
    for source, sweep in results.of(KSweep):
        blocks += [k_figure(source, sweep), paper_tables.k_table(source, sweep)]
    return blocks


def _probe(results: Results, subject: Subject) -> list[Block]:
    return [paper_tables.probe_table(source, probe, subject) for source, probe in results.of(Probe)]


PARTS = (
    Part(
        "acn", "The paper's bounds, and files", "`bench` on the 10,000 test images", _acn,
        "*Bound* is what the paper reports: the float model's expected cost, the mean over "
        "posterior samples with its standard error. *Ideal* is what the integer frequencies "
        "used add up to. *File* is 8 times the size of the file in bytes, without side data.",
    ),
    Part(
        "models", "Other models (the paper's Table 1)",
        "`bench` with another model", _models,
        "Every model is shown under its own name; rows set apart are the report's model.",
    ),
    Part(
        "costs", "Parts of the bound (the paper's Table 2)", "kind `costs`", _costs,
        "*With reconstruction* is the reconstruction cost plus that row's KL.",
    ),
    Part("k-sweep", "The K of training (the paper's Figure 2)", "kind `k_sweep`", _k_sweep),
    Part(
        "probe", "What codes tell (the paper's Table 3)", "kind `probe`", _probe,
        "A linear classifier, and K nearest neighbours, on each representation.",
    ),
)  # fmt: skip
