"""The report's figures, drawn with matplotlib's object-oriented interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from acncodec.report.document import Figure
from acncodec.report.points import Point, images_label, same_family, saved_share
from acncodec.report.results import Source
from acncodec.report.rival_tables import is_ours, rivals_label
from acncodec.report.schema import KSweep, Rivals
from acncodec.report.svg import (
    BLUE,
    GREEN,
    GREY,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SURFACE,
    drawing,
    to_svg,
)

STRATEGY_LOOKS = {
    "iid": (GREY, "o"),
    "tour": (BLUE, "s"),
    "set": (ORANGE, "^"),
    "urn": (GREEN, "D"),
}
OTHER_LOOKS = PURPLE, "v"


def _looks(strategy: str) -> tuple[str, str]:
    return STRATEGY_LOOKS.get(strategy, OTHER_LOOKS)


def _distinct(sources: Sequence[Source]) -> tuple[Source, ...]:
    return tuple(sorted(set(sources), key=lambda source: source.number))


def _legend_above(figure: Any, axes: Any, columns: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=columns, handlelength=1.2)


def sizes_figure(points: Sequence[Point]) -> Figure | None:
    """Nats an image against the number of images, a line a strategy; None for one number."""
    freed = same_family(points)
    if len({point.bench.images for point in freed}) < 2:
        return None
    key = "sizes"
    with drawing(key, 4.0) as figure:
        axes = figure.subplots()
        strategies = dict.fromkeys(point.name for point in freed)
        for strategy in strategies:
            line = {point.bench.images: point.costs for point in freed if point.name == strategy}
            colour, marker = _looks(strategy)
            counts = list(line)
            files = [costs.file_nats for costs in line.values()]
            bounds = [costs.bound_nats for costs in line.values()]
            axes.plot(counts, bounds, color=colour, linestyle=(0, (2, 2)), linewidth=1.4)
            axes.plot(counts, files, color=colour, marker=marker, label=f"{strategy}, file")
        axes.plot([], [], color=MUTED, linestyle=(0, (2, 2)), linewidth=1.4, label="its bound")
        ticks = sorted({point.bench.images for point in freed})
        axes.set_xscale("log")
        axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel("images in the file")
        axes.set_ylabel("nats an image")
        _legend_above(figure, axes, 5)
        svg = to_svg(figure, key)
    caption = "Nats an image against the number of images: files (solid) and bounds (dashed)."
    alt = f"Lines for {', '.join(strategies)} over {len(ticks)} numbers of images."
    return Figure(key, caption, alt, svg, _distinct([point.source for point in freed]))


def order_figure(points: Sequence[Point]) -> Figure | None:
    """Bits that a free order saves in the whole file, as a share of log2 of all orders."""
    shares = [
        (point, share) for point in points if (share := saved_share(point, points)) is not None
    ]
    if not shares:
        return None
    key = "order"
    groups = len({images_label(point, points) for point, _ in shares})
    with drawing(key, 0.9 + 0.32 * len(shares) + 0.42 * groups) as figure:
        axes = figure.subplots()
        _order_bars(axes, shares, points)
        svg = to_svg(figure, key)
    alt = "; ".join(
        f"{point.name} on {point.bench.images:,} images {share:.0%}" for point, share in shares
    )
    caption = (
        "What a free order saves in the whole file, against `iid` on the same images. The dashed "
        "line is log2 of the number of orders: all that giving the order back could return."
    )
    return Figure(key, caption, f"{alt}.", svg, _distinct([point.source for point, _ in shares]))


def _order_bars(axes: Any, shares: Sequence[tuple[Point, float]], points: Sequence[Point]) -> None:
    """A bar a strategy under a heading for each number of images; the bits in a column."""
    low = min(0.0, *(100 * share for _, share in shares))
    high = max(100.0, *(100 * share for _, share in shares))
    column = high + 0.04 * (high - low)
    place, ticks, seen = 0.0, [], ""
    for point, share in shares:
        if images_label(point, points) != seen:
            seen = images_label(point, points)
            place += 1.3
            axes.annotate(
                f"{seen} images: {point.orders_bits:,.0f} bits",
                (0.0, place - 0.95), xycoords=("axes fraction", "data"),
                va="center", color=INK, fontweight="bold",
                bbox={"facecolor": SURFACE, "edgecolor": "none", "pad": 1.0},
            )  # fmt: skip
        axes.barh(place, 100 * share, height=0.72, color=_looks(point.name)[0])
        axes.annotate(
            f"{share * point.orders_bits:,.0f} bits, {share:.0%}".replace("-", "\N{MINUS SIGN}"),
            (column, place), va="center", color=INK,
        )  # fmt: skip
        ticks.append((place, point.name))
        place += 1.0
    axes.axvline(100.0, color=MUTED, linestyle=(0, (2, 2)), linewidth=1.2)
    axes.axvline(0.0, color=MUTED, linewidth=1.0)
    axes.set_xlim(low, column + 0.3 * (high - low))
    axes.set_xticks([0, 50, 100], ["0", "50", "100 %"])
    axes.set_yticks([tick for tick, _ in ticks], [name for _, name in ticks], color=INK)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("of log2 of the number of orders")


def rivals_figure(source: Source, rivals: Rivals) -> Figure:
    """Bits an image of every compressor, ours in another colour."""
    rows = sorted(rivals.rows, key=lambda row: (row.bytes, row.name))
    key = f"rivals-figure-{source.number}"
    with drawing(key, 0.8 + 0.36 * len(rows)) as figure:
        axes = figure.subplots()
        for place, row in enumerate(rows):
            ours = is_ours(row.name)
            axes.barh(place, row.bits_per_image, height=0.66, color=BLUE if ours else GREY)
            axes.annotate(
                f"{row.bits_per_image:.1f}", (row.bits_per_image, place), (6, 0),
                textcoords="offset points", va="center", color=INK,
                fontweight="bold" if ours else "normal",
            )  # fmt: skip
        axes.set_yticks(range(len(rows)), [row.name for row in rows], color=INK)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.1)
        axes.set_xlabel("bits an image")
        svg = to_svg(figure, key)
    alt = ", ".join(f"{row.name} {row.bits_per_image:.1f}" for row in rows)
    caption = f"Bits an image for {rivals_label(rivals)}, each compressor on its best layout."
    return Figure(key, caption, f"Bits an image: {alt}.", svg, (source,))


def k_figure(source: Source, sweep: KSweep) -> Figure | None:
    """Costs against K; None for fewer than two K."""
    rows = sorted(sweep.rows, key=lambda row: row.K)
    if len(rows) < 2:
        return None
    key = f"k-figure-{source.number}"
    bounds = (
        ("unordered bound", [row.unordered_nats for row in rows], GREY, "o"),
        ("tour bound", [row.tour_nats for row in rows], BLUE, "s"),
    )
    parts = (
        ("K neighbours (validation)", [row.kl_nats for row in rows], ORANGE, "^"),
        ("greedy tour", [row.kl_tour_nats for row in rows], BLUE, "s"),
        ("unconditional", [row.kl_unconditional_nats for row in rows], GREY, "o"),
    )
    panels = ("Bound, nats an image", bounds), ("KL, nats an image", parts)
    with drawing(key, 3.6) as figure:
        for axes, (title, lines) in zip(figure.subplots(1, 2), panels, strict=True):
            for name, values, colour, marker in lines:
                pairs = zip(rows, values, strict=True)
                known = [(row.K, value) for row, value in pairs if value is not None]
                if known:
                    axes.plot(*zip(*known, strict=True), color=colour, marker=marker, label=name)
            axes.set_xscale("log")
            axes.set_xticks([row.K for row in rows], [str(row.K) for row in rows])
            axes.minorticks_off()
            axes.set_xlabel("K")
            axes.set_title(title)
            axes.legend()
        svg = to_svg(figure, key)
    alt = "; ".join(f"K {row.K}: tour {row.tour_nats}" for row in rows)
    return Figure(key, "Costs against the K of training.", alt, svg, (source,))
