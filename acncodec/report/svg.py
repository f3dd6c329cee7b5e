"""From a matplotlib figure to SVG that stands inside a page and follows its colour scheme."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from acncodec.errors import ReportError

INK, MUTED, RULE, SURFACE = "#1c2128", "#57606b", "#d3d8de", "#fefefe"
BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER, GREY = (
    "#0072b2", "#d55e00", "#008f68", "#a3568a", "#56b4e9", "#f0b264", "#8a929b",
)  # fmt: skip
"""After Okabe and Ito (2008), told apart with every common colour blindness; green and purple
are darkened for contrast."""
VARIABLES = {
    INK: "ink", MUTED: "muted", RULE: "rule", SURFACE: "surface", BLUE: "blue",
    ORANGE: "orange", GREEN: "green", PURPLE: "purple", SKY: "sky", AMBER: "amber",
    GREY: "grey",
}  # fmt: skip
"""Colours as the style sheet's variables; the colour itself is what stands without one."""

WIDTH_INCHES = 9.0
"""648 units of the drawing, at 72 an inch; the style sheet never shows it narrower."""
TEXT_UNITS = 11.0
"""A unit is a pixel or more, so no text is below 11 pixels."""
STYLE: Any = {
    "font.family": "DejaVu Sans", "font.size": TEXT_UNITS, "svg.fonttype": "none",
    "axes.labelsize": TEXT_UNITS, "xtick.labelsize": TEXT_UNITS, "ytick.labelsize": TEXT_UNITS,
    "legend.fontsize": TEXT_UNITS, "axes.titlesize": TEXT_UNITS, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.titlecolor": INK, "text.color": INK,
    "axes.labelcolor": MUTED, "xtick.color": MUTED, "ytick.color": MUTED,
    "axes.edgecolor": RULE, "axes.facecolor": "none", "figure.facecolor": "none",
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "axes.axisbelow": True, "grid.color": RULE, "grid.linewidth": 0.8,
    "xtick.major.size": 0, "ytick.major.size": 0, "xtick.minor.size": 0, "ytick.minor.size": 0,
    "legend.frameon": False, "lines.linewidth": 2.0, "lines.markersize": 6.0,
    "hatch.linewidth": 1.0,
}  # fmt: skip


@contextmanager
def drawing(key: str, height_inches: float) -> Iterator[Any]:
    """A matplotlib `Figure` in the report's style. Raises `ReportError` without matplotlib."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ReportError(
            "a report draws with matplotlib: pip install 'acncodec[plots]'"
        ) from error
    with mpl.rc_context({**STYLE, "svg.hashsalt": key}):
        yield Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")


def to_svg(figure: Any, key: str) -> str:
    """The figure as one `<svg>` element: no size, no fonts, no links, ids that begin with `key`.

    To be called inside `drawing`; the same figure gives the same text.
    """
    file = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'\s(?:xmlns(?::xlink)?|version|width|height)="[^"]*"', "", text, count=5)
    text = text.replace("xlink:href", "href")
    text = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{key}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", text)
    text = re.sub(r"font: ([^;\"]*?px) [^;\"]+", r"font: \1 sans-serif", text)  # before 3.11
    text = re.sub(r"font-family: [^;\"]+", "font-family: var(--sans, sans-serif)", text)
    for colour, name in VARIABLES.items():
        text = text.replace(colour, f"var(--{name}, {colour})")
    return text.strip()
