"""How fast what asks for too much, or leads elsewhere, is refused."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import Refusals


def refusals_table(source: Source, found: Refusals) -> Table:
    """Each file that is refused, and what that took and left behind."""
    rows = tuple(
        Row(
            (
                row.name, f"`{row.command}`", number(row.file_bytes, 0),
                number(row.refusal_seconds, 3, strong=True), number(row.command_seconds, 1),
                number(len(row.left_behind), 0),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    notes = (
        "Seconds of the processor: of the refusal alone, and of the command with its start-up.",
    )
    headings = "file", "command", "bytes", "refusal, s", "command, s", "files left"
    return Table(f"refusals-{source.number}", "What is refused", headings, rows, notes, labels=2)
