"""Codes as points, coloured by class: in a plane, and every two dimensions against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.figures.canvas import Plot, plain
from acncodec.figures.extras import from_extra
from acncodec.figures.style import BLUE, CLASSES, FONT_POINTS, TEXT, hexadecimal

with from_extra("plots", "matplotlib"):
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patheffects import withStroke

Points = NDArray[np.floating]
Labels = NDArray[Any]

MAX_CLASSES = len(CLASSES)
MAX_DIMENSIONS = 32
"""Of which every two are drawn: more panels can neither be told apart nor drawn in a while."""
LEAST_SIDE = 7.0
"""Inches, so that title and notes fit."""
DOTS = 80.0
"""Size of a dot in a single panel, shared among those of a row and a column."""


def check_classes(labels: Labels | None) -> Labels | None:
    """Raise `DataError` if there are more classes than colours."""
    if labels is not None and len(np.unique(labels)) > MAX_CLASSES:
        raise DataError(
            f"{len(np.unique(labels))} classes; no more than {MAX_CLASSES} can be told apart by"
            " colour (--label names another array, --no-labels draws without)"
        )
    return labels


def _colours(labels: Labels | None, count: int) -> tuple[NDArray[np.str_], dict[str, str]]:
    """The colour of each point, and of each class by its name, in the order of classes."""
    if labels is None:
        return np.full(count, hexadecimal(BLUE)), {}
    classes, index = np.unique(labels, return_inverse=True)
    palette = np.array(CLASSES)
    names = [str(name) for name in classes]
    return palette[index], dict(zip(names, CLASSES, strict=False))


def plane(
    points: Points, labels: Labels | None, title: str, notes: tuple[str, ...],
    axis_names: tuple[str, str] | None, inks: NDArray[np.uint8] | None = None,
) -> bytes:  # fmt: skip
    """Points (N, 2) as a PNG; each class is named where its median lies. Without names the axes
    have no scale, as those of t-SNE mean nothing. inks: a colour for each point, (N, 3), in place
    of those of classes."""
    plot = Plot(title, notes, 8.6, 7.0)
    (axes,) = plot.axes()
    colours, classes = _colours(labels, len(points))
    size = float(np.clip(20000 / len(points), 3, 30 if inks is None else 80))
    given = colours if inks is None else inks / 255
    axes.scatter(points[:, 0], points[:, 1], s=size, c=given, alpha=0.75, linewidths=0)
    axes.set_aspect("equal", "datalim")
    if axis_names is None:
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set_visible(False)
    else:
        axes.set(xlabel=axis_names[0], ylabel=axis_names[1])
    if labels is not None:
        _name_classes(axes, points, labels)
        _legend(axes, classes, (1.0, 0.5))
    return plot.png()


def _name_classes(axes: Axes, points: Points, labels: Labels) -> None:
    for name in np.unique(labels):
        x, y = np.median(points[labels == name], axis=0)
        axes.text(
            x, y, str(name), parse_math=False, ha="center", va="center", fontsize=15,
            fontweight="bold", color=hexadecimal(TEXT),
            path_effects=[withStroke(linewidth=3.5, foreground="white")],
        )  # fmt: skip


def _legend(owner: Axes | Figure, classes: dict[str, str], place: tuple[float, float]) -> None:
    """The classes' colours, the left edge of the list's middle at `place`."""
    # A legend leaves out names that begin with an underscore, and takes $ for mathematics.
    texts = {" " + name.replace("$", r"\$"): colour for name, colour in classes.items()}
    handles = [
        Line2D([], [], marker="o", linestyle="", markersize=6, color=colour, label=text)
        for text, colour in texts.items()
    ]
    owner.legend(
        handles=handles, loc="center left", bbox_to_anchor=place, title="class", frameon=False,
        fontsize=FONT_POINTS, title_fontsize=FONT_POINTS, handletextpad=0.1,
    )  # fmt: skip


def matrix(points: Points, labels: Labels | None, title: str, notes: tuple[str, ...]) -> bytes:
    """Every two of the dimensions of points (N, D) against each other, below the diagonal of
    their histograms, as a PNG. Raises `DataError` if there are more than `MAX_DIMENSIONS`."""
    dims = points.shape[1]
    if dims > MAX_DIMENSIONS:
        raise DataError(
            f"codes of {dims:,} dimensions; no more than {MAX_DIMENSIONS} can be drawn two and two "
            "(plot pca and plot tsne take any number)"
        )
    side = float(np.clip(0.7 * dims, LEAST_SIDE, 8.2))
    dot = float(np.clip(DOTS / dims**2, 0.8, 4.0))
    plot = Plot(title, notes, side + 0.3, side + 0.7)
    axes = plot.axes(dims, dims)
    colours, classes = _colours(labels, len(points))
    limits = [_limits(points[:, d]) for d in range(dims)]
    for index, panel in enumerate(axes):
        row, column = divmod(index, dims)
        if column > row:
            panel.remove()
            continue
        plain(panel, grid=False)
        panel.set(xticks=[], yticks=[], xlim=limits[column])
        if column == row:
            panel.hist(points[:, row], 40, range=limits[row], color=hexadecimal(BLUE))
            panel.spines["left"].set_visible(False)
        else:
            panel.scatter(
                points[:, column], points[:, row], s=dot, c=colours, alpha=0.6, linewidths=0
            )
            panel.set_ylim(limits[row])
        if row == dims - 1:
            panel.set_xlabel(f"{column + 1}", fontsize=FONT_POINTS)
        if column == 0:
            panel.set_ylabel(
                f"{row + 1}", fontsize=FONT_POINTS, rotation=0, ha="right", va="center"
            )
    plot.layout.set(w_pad=0.01, h_pad=0.01, wspace=0.0, hspace=0.0)
    if classes:
        _legend(plot.figure, classes, (0.8, 0.7))
    return plot.png()


def _limits(values: Points) -> tuple[float, float]:
    """An axis that leaves out the farthest few points; of width 1 if all are alike."""
    low, high = (float(end) for end in np.quantile(values, (0.002, 0.998)))
    return (low, high) if low < high else (low - 0.5, high + 0.5)
