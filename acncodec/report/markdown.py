"""The report as Markdown: the tables; figures are named, and drawn in the HTML."""

from __future__ import annotations

from acncodec.report.document import NONE, Cell, Document, Figure, Number, Table
from acncodec.report.results import Source


def to_markdown(document: Document) -> str:
    """The whole report in one text; the same document gives the same text."""
    lines = [f"# {document.title}", "", document.lead, ""]
    lines += [f"- **{fact.name}**: {fact.text}" for fact in document.facts]
    for section in document.sections:
        lines += ["", f"## {section.title}"]
        if section.text:
            lines += ["", section.text]
        for block in section.blocks:
            lines += ["", *(_table(block) if isinstance(block, Table) else _figure(block))]
    if document.missing:
        lines += ["", "## Not measured yet", ""]
        lines += [f"- {line}" for line in document.missing]
    lines += ["", "## Results", *_origins(document)]
    return "\n".join(lines) + "\n"


def cell_text(cell: Cell) -> str:
    """One cell, with Markdown for what stands out."""
    if cell is None:
        return NONE
    if isinstance(cell, str):
        return cell.replace("|", "\\|")
    text = f"**{cell.text}**" if cell.strong else cell.text
    return f"{text} {cell.error_text}".rstrip()


def _references(sources: tuple[Source, ...]) -> str:
    return " ".join(f"[{source.number}]" for source in sources)


def _table(table: Table) -> list[str]:
    headings = (*table.headings, "from")
    lines = [f"**{table.caption}**", "", "| " + " | ".join(headings) + " |"]
    rules = ["---" if place < table.labels else "---:" for place in range(len(table.headings))]
    lines.append("|" + "|".join([*rules, "---"]) + "|")
    for row in table.rows:
        cells = [cell_text(cell) for cell in row.cells]
        if row.strong and not any(isinstance(cell, Number) and cell.strong for cell in row.cells):
            cells[0] = f"**{cells[0]}**"
        lines.append("| " + " | ".join([*cells, _references(row.sources)]) + " |")
    for note in table.notes:
        lines += ["", note]
    return lines


def _figure(figure: Figure) -> list[str]:
    return [f"*Figure (drawn in report.html): {figure.caption}* {_references(figure.sources)}"]


def _origins(document: Document) -> list[str]:
    lines = []
    for origin in document.origins:
        lines += ["", f"**[{origin.source.number}]** `{origin.source.path}`: {origin.kind}"]
        for name, text in (
            ("model", origin.model),
            ("command", f"`{origin.command}`" if origin.command else ""),
            ("machine", origin.machine),
            ("date", origin.date),
            ("versions", origin.versions),
            ("SHA-256 of the file", f"`{origin.source.sha256}`"),
        ):
            if text:
                lines.append(f"- {name}: {text}")
    if document.unknown:
        lines += ["", "Files of no known kind, not used:", ""]
        lines += [f"- `{path}`" for path in document.unknown]
    return lines
