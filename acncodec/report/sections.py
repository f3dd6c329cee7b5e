"""The report's sections, chapter by chapter, or a line on what is missing."""

from __future__ import annotations

from acncodec.report.chapters import codes, files, fits, paper, rivals, runs, trials
from acncodec.report.document import Section
from acncodec.report.results import Results
from acncodec.report.subject import Subject

PARTS = (
    *paper.PARTS,
    *codes.PARTS,
    *files.PARTS,
    *fits.PARTS,
    *rivals.PARTS,
    *runs.PARTS,
    *trials.PARTS,
)
"""All sections there may be, in the order of the report."""


def build_sections(
    results: Results, subject: Subject
) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """The sections that have results, and one line for each that has none."""
    sections, missing = [], []
    for part in PARTS:
        blocks = tuple(block for block in part.make(results, subject) if block is not None)
        if blocks:
            sections.append(Section(part.key, part.title, part.text, blocks))
        else:
            missing.append(f"{part.title} ({part.waits_for})")
    return tuple(sections), tuple(missing)
