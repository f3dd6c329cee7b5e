"""A report of result files, and what its tables show."""

from __future__ import annotations

import re
from pathlib import Path

from acncodec.report.build import build_report
from acncodec.report.document import Document, Section, Table
from acncodec.report.markdown import cell_text
from acncodec.report.results import load_results


def report(folder: Path) -> Document:
    """That of a folder of results."""
    return build_report(load_results([folder]))


def section(document: Document, key: str) -> Section:
    """A section by its key."""
    (found,) = (entry for entry in document.sections if entry.key == key)
    return found


def tables(document: Document, key: str) -> list[Table]:
    """The tables of a section."""
    return [block for block in section(document, key).blocks if isinstance(block, Table)]


def rows(table: Table) -> list[list[str]]:
    """The cells of a table as plain text."""
    return [[re.sub(r"[*`]", "", cell_text(cell)) for cell in row.cells] for row in table.rows]
