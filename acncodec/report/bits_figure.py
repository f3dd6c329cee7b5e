"""The figure of where the bits of each file go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from acncodec.report.document import Figure
from acncodec.report.points import Point
from acncodec.report.svg import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    SURFACE,
    drawing,
    to_svg,
)

BAR_INCHES = 0.42


def bits_figure(points: Sequence[Point]) -> Figure | None:
    """Where the bits of each file go, and, enlarged, what is beyond the bound."""
    shown = [
        point
        for point in points
        if point.costs.difference_nats and point.costs.kl_bound_nats is not None
    ]
    if not shown:
        return None
    key = "bits"
    with drawing(key, 2.1 + 2 * BAR_INCHES * len(shown)) as figure:
        upper, lower = figure.subplots(2, 1)
        _whole_files(upper, shown)
        _beyond_bound(lower, shown)
        svg = to_svg(figure, key)
    totals = ", ".join(f"{point.name} {point.costs.file_nats:.2f}" for point in shown)
    caption = (
        f"Where the bits of a file of {shown[0].bench.images:,} images go, nats an image. Above: "
        "the bound's parts, what the order gives back (left of zero), and the file's total. "
        "Below: what lies between bound and file."
    )
    return Figure(key, caption, f"Files in nats an image: {totals}.", svg,
                  tuple(dict.fromkeys(point.source for point in shown)))  # fmt: skip


def _whole_files(axes: Any, points: Sequence[Point]) -> None:
    places = range(len(points))
    for place, point in zip(places, points, strict=True):
        costs = point.costs
        kl = (costs.kl_bound_nats or 0.0) - point.order_nats
        reconstruction = costs.bound_nats - (costs.kl_bound_nats or 0.0)
        end = 0.0
        parts = [("reconstruction", reconstruction, BLUE), ("KL", kl, SKY)]
        if point.order_nats > 0:
            parts.append(("order, stored", point.order_nats, PURPLE))
        for name, nats, colour in parts:
            axes.barh(place, nats, left=end, color=colour, height=0.62, edgecolor=SURFACE,
                      label=name)  # fmt: skip
            end += nats
        if point.order_nats < 0:
            axes.barh(place, point.order_nats, color="none", edgecolor=GREEN, hatch="////",
                      height=0.62, label="order, given back")  # fmt: skip
        gap = costs.file_nats - costs.bound_nats
        axes.barh(place, gap, left=end, color=ORANGE, height=0.62, label="beyond the bound")
        axes.annotate(
            f"{costs.file_nats:.2f}", (max(end + gap, end), place), (6, 0),
            textcoords="offset points", va="center", color=INK, fontweight="bold",
        )  # fmt: skip
    _names(axes, points)
    axes.margins(x=0.08)
    axes.set_title("Whole file, nats an image")
    _legend_once(axes)


def _beyond_bound(axes: Any, points: Sequence[Point]) -> None:
    colours = {"header": ORANGE, "initial bits": AMBER, "sampling": GREY, "lane starts": PURPLE}
    for place, point in enumerate(points):
        gaps = {name: nats or 0.0 for name, nats in point.costs.difference_nats.items()}
        exact = ("discretisation", "integer_networks", "frequency_rounding")
        merged = {"exact arithmetic": sum(gaps.pop(name, 0.0) for name in exact)}
        merged = {"header": gaps.pop("header", 0.0), "initial bits": gaps.pop("initial_bits", 0.0),
                  "lane starts": gaps.pop("lane_starts", 0.0), **merged}  # fmt: skip
        merged |= {name.replace("_", " "): nats for name, nats in gaps.items()}
        right = left = 0.0
        for name, nats in merged.items():
            start = right if nats >= 0 else left
            axes.barh(place, nats, left=start, color=colours.get(name, GREEN), height=0.62,
                      edgecolor=SURFACE, label=name)  # fmt: skip
            right, left = right + max(nats, 0.0), left + min(nats, 0.0)
        total = point.costs.file_nats - point.costs.bound_nats
        axes.annotate(
            f"{total:+.3f}", (right, place), (6, 0), textcoords="offset points", va="center",
            color=INK, fontweight="bold",
        )  # fmt: skip
    axes.axvline(0.0, color=MUTED, linewidth=1.0)
    _names(axes, points)
    axes.margins(x=0.08)
    axes.set_title("Between bound and file, nats an image")
    _legend_once(axes)


def _names(axes: Any, points: Sequence[Point]) -> None:
    axes.set_yticks(range(len(points)), [point.name for point in points], color=INK)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _legend_once(axes: Any) -> None:
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    axes.legend(
        once.values(), once.keys(), loc="upper left", bbox_to_anchor=(0.0, -0.16),
        ncols=len(once), handlelength=1.0, columnspacing=1.4, borderaxespad=0.0,
    )  # fmt: skip
