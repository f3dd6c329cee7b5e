"""What is in a file: bits and their causes, strategies, the order, labels, models, coders."""

from __future__ import annotations

from acncodec.report import file_tables
from acncodec.report.bits_figure import bits_figure
from acncodec.report.chapters.part import Block, Part
from acncodec.report.figures import order_figure, sizes_figure
from acncodec.report.points import largest, points_of
from acncodec.report.results import Results
from acncodec.report.schema import CodedModels, Labels, Orders, Urns
from acncodec.report.subject import Subject


def _bits(results: Results, subject: Subject) -> list[Block]:
    points = largest(points_of(results, subject))
    return [bits_figure(points), file_tables.differences_table(points)]


def _strategies(results: Results, subject: Subject) -> list[Block]:
    points = points_of(results, subject)
    return [sizes_figure(points), file_tables.strategies_table(points)]


def _order(results: Results, subject: Subject) -> list[Block]:
    tables = [
        file_tables.orders_table(source, orders, subject) for source, orders in results.of(Orders)
    ]
    return [order_figure(points_of(results, subject)), *tables]


def _unlike(results: Results, subject: Subject) -> list[Block]:
    return [file_tables.urns_table(source, urns, subject) for source, urns in results.of(Urns)]


def _labels(results: Results, _subject: Subject) -> list[Block]:
    return [file_tables.labels_table(source, labels) for source, labels in results.of(Labels)]


def _coded_models(results: Results, subject: Subject) -> list[Block]:
    return [
        file_tables.coded_models_table(source, coded, subject)
        for source, coded in results.of(CodedModels)
    ]


def _coders(results: Results, subject: Subject) -> list[Block]:
    return [file_tables.coders_table(points_of(results, subject, coder=None))]


PARTS = (
    Part(
        "bits", "Where the bits go", "`bench` with `difference_nats`", _bits,
        "The causes are defined in docs/METHOD.md, section 9.",
    ),
    Part("strategies", "Strategies by number of images", "`bench`", _strategies),
    Part(
        "order", "What the order is worth",
        "`bench` with `iid` and another strategy; kind `orders`", _order,
        "A set of U distinct images has U! orders. A tour spends the freedom on cheaper "
        "latents; `set` and `urn` give the bits back.",
    ),
    Part(
        "unlike", "Data unlike the training data", "`bench/urn.py`", _unlike,
        "An `urn` prices images by those decoded before, besides the unconditional prior.",
    ),
    Part("labels", "Labels", "`bench/labels.py`", _labels),
    Part(
        "coded-models", "A model in the file", "`bench/coded_models.py`", _coded_models,
        "What a model takes that a file carries, and what rounding its weights costs, before any "
        "training after it.",
    ),
    Part("coders", "Entropy coders", "`bench --coder` with two coders", _coders),
)  # fmt: skip
