"""A report as data: sections of text, tables and figures, without any markup."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from acncodec.report.results import Source

NONE = "-"


@dataclass(frozen=True)
class Number:
    """A number and how it is shown.

    `error` is a standard error; `share` shows per cent; `after` follows the number.
    """

    value: float
    decimals: int = 2
    signed: bool = False
    error: float | None = None
    share: bool = False
    strong: bool = False
    after: str = ""

    @property
    def text(self) -> str:
        """The number, without its error."""
        sign = "+" if self.signed else ""
        value = 100 * self.value if self.share else self.value
        shown = f"{value:{sign},.{self.decimals}f}"
        if float(shown.replace(",", "")) == 0.0:
            shown = shown.lstrip("+-")
        return (f"{shown} %" if self.share else shown) + self.after

    @property
    def error_text(self) -> str:
        """The error with its sign, or nothing."""
        return "" if self.error is None else f"± {self.error:.3f}"


Cell = Number | str | None


def number(
    value: float | None,
    decimals: int = 2,
    signed: bool = False,
    error: float | None = None,
    share: bool = False,
    strong: bool = False,
    after: str = "",
) -> Number | None:
    """A `Number`, or None where there is no value."""
    if value is None:
        return None
    return Number(value, decimals, signed, error, share, strong, after)


def less(value: float | None, other: float | None, decimals: int = 2) -> Number | None:
    """The signed difference of two figures, or None where one is missing."""
    if value is None or other is None:
        return None
    return Number(value - other, decimals, signed=True)


@dataclass(frozen=True)
class Row:
    """One row of cells and the sources they come from.

    `strong` sets it apart; `opens` says that a new group of rows begins with it.
    """

    cells: tuple[Cell, ...]
    sources: tuple[Source, ...]
    strong: bool = False
    opens: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings. The first `labels` columns are words, the others numbers."""

    key: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    labels: int = 1

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of all rows, each once, by number."""
        found = {source for row in self.rows for source in row.sources}
        return tuple(sorted(found, key=lambda source: source.number))

    def without_empty(self) -> Table:
        """The same without the columns of numbers that have none."""
        kept = [
            index for index in range(len(self.headings))
            if index < self.labels or any(row.cells[index] is not None for row in self.rows)
        ]  # fmt: skip
        return replace(
            self,
            headings=tuple(self.headings[index] for index in kept),
            rows=tuple(
                replace(row, cells=tuple(row.cells[index] for index in kept)) for row in self.rows
            ),
        )


@dataclass(frozen=True)
class Figure:
    """A drawing. `alt` says in words what it shows."""

    key: str
    caption: str
    alt: str
    svg: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Section:
    """A heading, a paragraph (with `code` in backticks) or none, then tables and figures."""

    key: str
    title: str
    text: str
    blocks: tuple[Table | Figure, ...]


@dataclass(frozen=True)
class Fact:
    """One line of the report's head."""

    name: str
    text: str


@dataclass(frozen=True)
class Highlight:
    """A figure worth a tile: the number, its unit, and what it is."""

    value: str
    unit: str
    label: str


@dataclass(frozen=True)
class Origin:
    """A result file and what it says of itself."""

    source: Source
    kind: str
    model: str
    command: str
    machine: str
    date: str
    versions: str


@dataclass(frozen=True)
class Document:
    """The whole report."""

    title: str
    lead: str
    facts: tuple[Fact, ...]
    highlights: tuple[Highlight, ...]
    sections: tuple[Section, ...]
    missing: tuple[str, ...]
    origins: tuple[Origin, ...]
    unknown: tuple[str, ...] = field(default=())
