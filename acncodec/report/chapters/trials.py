"""What was tried: hostile and damaged input, faults, pages in a browser."""

from __future__ import annotations

from collections.abc import Sequence

from acncodec.report import page_tables, refusal_tables, run_tables
from acncodec.report.chapters.part import Block, Part
from acncodec.report.results import Results, Source
from acncodec.report.schema import ExplorePages, Faults, Fuzz, Refusals
from acncodec.report.subject import Subject


def _refusals(results: Results, _subject: Subject) -> list[Block]:
    return [refusal_tables.refusals_table(*entry) for entry in results.of(Refusals)]


def _pages(results: Results, _subject: Subject) -> list[Block]:
    return [page_tables.pages_table(*entry) for entry in results.of(ExplorePages)]


def _fuzz(results: Results, subject: Subject) -> list[Block]:
    return _trials(results.of(Fuzz), "Random and damaged input", subject)


def _faults(results: Results, subject: Subject) -> list[Block]:
    return _trials(results.of(Faults), "Crashes, signals, full disks", subject)


def _trials(
    found: Sequence[tuple[Source, Fuzz | Faults]], caption: str, subject: Subject
) -> list[Block]:
    return [run_tables.trials_table(source, trials, caption, subject) for source, trials in found]


PARTS = (
    Part("refusals", "Reliability: what is refused", "`bench/refusals.py`", _refusals),
    Part("pages", "Pages to look at a set by", "`bench/explore_page.py`", _pages),
    Part("fuzz", "Reliability: damaged input", "kind `fuzz`", _fuzz),
    Part("faults", "Reliability: faults", "kind `faults`", _faults),
)  # fmt: skip
