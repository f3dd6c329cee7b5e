"""What codes and latents are worth, by family, and by choices and steps of training."""

from __future__ import annotations

from acncodec.report import code_tables, family_tables
from acncodec.report.chapters.part import Block, Part
from acncodec.report.results import Results
from acncodec.report.schema import (
    AutoEncoders,
    Choices,
    Families,
    HeldBackChoices,
    LatentsWorth,
    ProbeCurve,
)
from acncodec.report.subject import Subject


def _families(results: Results, _subject: Subject) -> list[Block]:
    blocks: list[Block] = []
    for source, found in results.of(Families):
        blocks += [
            family_tables.families_table(source, found),
            family_tables.mistakes_table(source, found),
        ]
    return [
        *blocks,
        *(family_tables.auto_encoders_table(*entry) for entry in results.of(AutoEncoders)),
    ]


def _latents_worth(results: Results, _subject: Subject) -> list[Block]:
    return [family_tables.latents_worth_table(*entry) for entry in results.of(LatentsWorth)]


def _choices(results: Results, _subject: Subject) -> list[Block]:
    return [code_tables.choices_table(source, choices) for source, choices in results.of(Choices)]


def _held_back(results: Results, _subject: Subject) -> list[Block]:
    return [code_tables.held_back_table(*entry) for entry in results.of(HeldBackChoices)]


def _probe_curve(results: Results, _subject: Subject) -> list[Block]:
    return [
        code_tables.probe_curve_table(source, curve) for source, curve in results.of(ProbeCurve)
    ]


PARTS = (
    Part(
        "families", "The field's models side by side", "`bench/families.py`", _families,
        "Trained models of all families on the same images, beside the images' pixels.",
    ),
    Part(
        "latents-worth", "Latents and order on images of any levels", "`bench/latents_worth.py`",
        _latents_worth,
    ),
    Part(
        "choices", "Choices of training, and what codes tell", "`bench/probe_choices.py`", _choices,
        "Models far from converged, comparable with one another alone.",
    ),
    Part(
        "held-back-choices", "Choices of training, on images held back", "`bench/mnist_recipe.py`",
        _held_back, "By such rows, and no test image, the recipe of `mnist` was chosen.",
    ),
    Part(
        "probe-curve", "What codes tell while a model is trained", "`bench/probe_curve.py`",
        _probe_curve,
    ),
)  # fmt: skip
