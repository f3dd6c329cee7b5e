"""What a chapter says of each of its sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from acncodec.report.document import Figure, Table
from acncodec.report.results import Results
from acncodec.report.subject import Subject

Block = Table | Figure | None
"""What stands in a section; None where there is no result for it."""


@dataclass(frozen=True)
class Part:
    """A section that may be there: how it is made, and which result it waits for."""

    key: str
    title: str
    waits_for: str
    make: Callable[[Results, Subject], list[Block]]
    text: str = ""
