"""Plots in the project's style: empty axes to draw on, and the PNG at the end.

matplotlib is used without its global state: figures are made directly on an Agg canvas.
"""

from __future__ import annotations

import io
from typing import Any

from acncodec.figures.extras import from_extra
from acncodec.figures.style import (
    DOTS_PER_INCH,
    FAINT,
    FONT_POINTS,
    LINE,
    TEXT,
    TITLE_POINTS,
    hexadecimal,
)

with from_extra("plots", "matplotlib"):
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

TITLE_INCHES, NOTE_INCHES = 0.28, 0.22
EDGE_INCHES, BELOW_INCHES = 0.15, 0.04


class Plot:
    """A figure with a title and notes at its top left, and room for axes below them."""

    def __init__(
        self, title: str, notes: tuple[str, ...] = (), width: float = 8.6, height: float = 6.2
    ) -> None:
        self.layout = ConstrainedLayoutEngine()
        self.figure = Figure((width, height), DOTS_PER_INCH, facecolor="white", layout=self.layout)
        FigureCanvasAgg(self.figure)
        top = height - EDGE_INCHES
        for index, text in enumerate((title, *notes)):
            self.figure.text(
                EDGE_INCHES / width, top / height, text, ha="left", va="top", parse_math=False,
                fontsize=FONT_POINTS if index else TITLE_POINTS,
                color=hexadecimal(FAINT if index else TEXT),
            )  # fmt: skip
            top -= NOTE_INCHES if index else TITLE_INCHES
        bottom = EDGE_INCHES / 2
        self.layout.set(rect=(0.01, bottom / height, 0.98, (top - BELOW_INCHES - bottom) / height))

    def axes(self, rows: int = 1, columns: int = 1, **options: Any) -> list[Axes]:
        """Axes in rows and columns, in reading order."""
        grid = self.figure.subplots(rows, columns, squeeze=False, **options)
        flat: list[Axes] = list(grid.ravel())
        for axes in flat:
            plain(axes)
        return flat

    def png(self) -> bytes:
        """The figure as a PNG file, which does not say when and with what it was made."""
        file = io.BytesIO()
        self.figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()


def plain(axes: Axes, *, grid: bool = True) -> None:
    """No box, thin faint lines, small text."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(hexadecimal(FAINT))
        axes.spines[side].set_linewidth(0.7)
    axes.tick_params(
        labelsize=FONT_POINTS - 1,
        color=hexadecimal(FAINT),
        labelcolor=hexadecimal(TEXT),
        width=0.7,
        length=3,
    )
    axes.xaxis.label.set(size=FONT_POINTS, color=hexadecimal(TEXT))
    axes.yaxis.label.set(size=FONT_POINTS, color=hexadecimal(TEXT))
    axes.title.set(size=FONT_POINTS, color=hexadecimal(TEXT))
    if grid:
        axes.grid(True, color=hexadecimal(LINE), linewidth=0.6)
        axes.set_axisbelow(True)
