"""Which classes classifiers take for one another: a matrix for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay

from acncodec.analysis.confusion import Confusion
from acncodec.errors import DataError
from acncodec.figures.canvas import Plot, plain
from acncodec.figures.extras import from_extra
from acncodec.figures.style import BLUE, FONT_POINTS, PAPER, hexadecimal

with from_extra("plots", "matplotlib"):
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap

MOST_CLASSES = 30
"""More than that make no legible matrix."""
COLUMNS = 3
CELL_INCHES = 0.4
LEAST_INCHES = 2.6


@dataclass(frozen=True)
class Named:
    """What a classifier learned from, and what it made of images."""

    name: str
    confusion: Confusion


def check_class_count(count: int) -> None:
    """Raise `DataError` if a matrix of so many classes would not be legible."""
    if count > MOST_CLASSES:
        raise DataError(f"{count} classes; a picture of more than {MOST_CLASSES} is not legible")


def confusion_matrices(found: Sequence[Named], title: str, notes: tuple[str, ...]) -> bytes:
    """Matrices side by side, at least one, as a PNG: a row for each class, a column for what its
    images were taken for, the darker, the more of them. Raises as `check_class_count`."""
    count = max(len(entry.confusion.classes) for entry in found)
    check_class_count(count)
    columns = min(COLUMNS, len(found))
    rows = -(-len(found) // columns)
    side = max(LEAST_INCHES, CELL_INCHES * count)
    plot = Plot(title, notes, max(6.5, columns * (side + 0.6)), rows * (side + 0.8) + 0.7)
    panels = plot.axes(rows, columns)
    for panel, entry in zip(panels, found, strict=False):
        _draw(panel, entry)
    for panel in panels[len(found) :]:
        panel.remove()
    return plot.png()


def _draw(panel: Axes, entry: Named) -> None:
    confusion = entry.confusion
    inks = LinearSegmentedColormap.from_list("ink", [hexadecimal(PAPER), hexadecimal(BLUE)])
    counts = np.array(confusion.counts)
    display = ConfusionMatrixDisplay(counts, display_labels=confusion.classes)
    display.plot(
        values_format="d", cmap=inks, ax=panel, colorbar=False,
        im_kw={"vmin": 0, "vmax": counts.max()}, text_kw={"fontsize": FONT_POINTS - 1.5},
    )  # fmt: skip
    for text in display.text_[counts == 0]:
        text.set_text("")
    plain(panel, grid=False)
    panel.grid(visible=False)
    names = [name.replace("$", r"\$") for name in confusion.classes]
    turned = max(map(len, names)) > 2
    panel.set_xticks(range(len(names)), names, rotation=90 if turned else 0)
    panel.set_yticks(range(len(names)), names)
    panel.set(xlabel="taken for", ylabel="class")
    title = f"{entry.name}: {confusion.accuracy:.2%} rightly"
    panel.set_title(title, parse_math=False, fontsize=FONT_POINTS)
