"""The report as one HTML file that needs nothing from outside."""

from __future__ import annotations

from importlib.resources import files

import jinja2
from markdown_it import MarkdownIt
from markupsafe import Markup

from acncodec.report.document import NONE, Cell, Document, Figure, Table

TEMPLATE, STYLE = "report.html.jinja", "report.css"
MINUS = "\N{MINUS SIGN}"


def to_html(document: Document) -> str:
    """The whole report in one page; the same document gives the same page."""
    here = files("acncodec.report")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    inline = MarkdownIt("zero").enable(["backticks", "emphasis", "link"])
    environment.filters["inline"] = lambda text: Markup(inline.renderInline(text))
    environment.filters["cell"] = lambda cell: _cell(cell, inline)
    environment.tests["figure"] = lambda block: isinstance(block, Figure)
    environment.tests["table"] = lambda block: isinstance(block, Table)
    template = environment.from_string((here / TEMPLATE).read_text(encoding="utf-8"))
    style = Markup((here / STYLE).read_text(encoding="utf-8"))
    return template.render(document=document, style=style, svg=lambda figure: Markup(figure.svg))


def _cell(cell: Cell, inline: MarkdownIt) -> Markup:
    """A cell's markup: words with `code`, numbers with a real minus sign and a small error."""
    if cell is None:
        return Markup('<span class="none">{}</span>').format(NONE)
    if isinstance(cell, str):
        return Markup(inline.renderInline(cell))
    number = cell.text.replace("-", MINUS)
    shown = Markup("<strong>{}</strong>").format(number) if cell.strong else Markup.escape(number)
    if cell.error is not None:
        shown += Markup(" <small>{}</small>").format(cell.error_text)
    return shown
