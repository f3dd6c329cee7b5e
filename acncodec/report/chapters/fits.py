"""Models that are fitted to a set."""

from __future__ import annotations

from acncodec.report import fit_tables
from acncodec.report.chapters.part import Block, Part
from acncodec.report.results import Results
from acncodec.report.schema import (
    FitChoices,
    FitFew,
    Fits,
    FitSizes,
    HiddenFeatures,
    TrainChoices,
)
from acncodec.report.subject import Subject


def _fits(results: Results, _subject: Subject) -> list[Block]:
    return [fit_tables.fits_table(*entry) for entry in results.of(Fits)]


def _fit_sizes(results: Results, _subject: Subject) -> list[Block]:
    return [fit_tables.fit_sizes_table(*entry) for entry in results.of(FitSizes)]


def _fit_choices(results: Results, _subject: Subject) -> list[Block]:
    return [fit_tables.fit_choices_table(*entry) for entry in results.of(FitChoices)]


def _fit_few(results: Results, _subject: Subject) -> list[Block]:
    return [fit_tables.fit_few_table(*entry) for entry in results.of(FitFew)]


def _train_choices(results: Results, _subject: Subject) -> list[Block]:
    return [fit_tables.train_choices_table(*entry) for entry in results.of(TrainChoices)]


def _hidden_features(results: Results, _subject: Subject) -> list[Block]:
    return [fit_tables.hidden_features_table(*entry) for entry in results.of(HiddenFeatures)]


PARTS = (
    Part(
        "fits", "A model fitted to a set", "`bench/fits.py`", _fits,
        "`compress --fit` trains a network on the very images and puts it into their file.",
    ),
    Part(
        "fit-sizes", "How large a fitted network pays", "`bench/fit_sizes.py`", _fit_sizes,
        "A larger network makes the images smaller and itself larger.",
    ),
    Part(
        "fit-choices", "What a fit's choices are worth", "`bench/fit_choices.py`", _fit_choices,
        "The same set fitted with other settings.",
    ),
    Part(
        "fit-few", "A fit where pictures are few", "`bench/fit_few.py`", _fit_few,
        "Never a larger file than without it.",
    ),
    Part(
        "hidden-features", "How many hidden features of a fit live", "`bench/hidden_features.py`",
        _hidden_features, "One that is nothing at every pixel never comes back.",
    ),
    Part(
        "train-choices", "What choices of training are worth", "`bench/train_choices.py`",
        _train_choices, "A model that the images chose, trained with other settings.",
    ),
)  # fmt: skip
