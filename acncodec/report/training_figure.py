"""The training curve: nats against steps, and against what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from acncodec.report.document import Figure
from acncodec.report.results import Source
from acncodec.report.run_tables import macs_per_step
from acncodec.report.schema import ModelFacts, TrainingLog, TrainingPoint
from acncodec.report.svg import BLUE, GREEN, ORANGE, PURPLE, drawing, to_svg

COLOURS = BLUE, ORANGE, GREEN, PURPLE
MARKERS = "o", "s", "^", "D"
SHOWN_NATS = 25.0
"""The range shown above the lowest cost: the first few hundred steps fall from hundreds."""


@dataclass(frozen=True)
class Run:
    """One training log with what is known of its model."""

    source: Source
    log: TrainingLog
    facts: ModelFacts | None


def training_figure(runs: Sequence[Run]) -> Figure | None:
    """All runs, training faint and validation marked."""
    if not runs:
        return None
    known = all(macs_per_step(run.facts) for run in runs)
    lowest = min(_lowest(run.log) for run in runs)
    key = "training"
    with drawing(key, 3.9) as figure:
        left, right = figure.subplots(1, 2, sharey=True)
        for number, run in enumerate(runs):
            colour = COLOURS[number % len(COLOURS)]
            marker = MARKERS[number % len(MARKERS)]
            macs = macs_per_step(run.facts) or 0.0
            steps = [point.step for point in run.log.points]
            _curve(left, run.log, steps, colour, marker)
            minutes = [point.seconds / 60 for point in run.log.points]
            costs = [macs * step for step in steps] if known else minutes
            _curve(right, run.log, costs, colour, marker)
        left.set_ylim(lowest - 1.0, lowest + SHOWN_NATS)
        left.set_ylabel("nats an image")
        left.set_xlabel("steps")
        left.locator_params(axis="x", nbins=5)
        left.xaxis.set_major_formatter(_count)
        right.set_xscale("log")
        right.minorticks_off()
        right.xaxis.set_major_formatter(_power if known else _count)
        right.set_xlabel("multiply-adds" if known else "minutes")
        handles, labels = left.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=4)
        svg = to_svg(figure, key)
    against = "training compute" if known else "minutes"
    caption = (
        f"Cost while training, nats an image, against steps and {against}: training (faint) and "
        "validation (marked). The KL is that of training: of an ACN, given a neighbour's code."
    )
    ends = "; ".join(f"{run.log.name} ends at {run.log.points[-1].nats:.1f}" for run in runs)
    return Figure(key, caption, f"{ends}.", svg, tuple(run.source for run in runs))


def _count(value: float, _place: object) -> str:
    return f"{value:,.0f}"


def _power(value: float, _place: object) -> str:
    """A power of ten in plain text: a raised exponent would be too small to read."""
    return f"{value:.0e}".replace("e+0", "e").replace("e+", "e")


def _cost(point: TrainingPoint) -> float:
    return point.nats if point.valid_nats is None else min(point.nats, point.valid_nats)


def _lowest(log: TrainingLog) -> float:
    return min(_cost(point) for point in log.points)


def _curve(axes: Any, log: TrainingLog, places: Sequence[float], colour: str, marker: str) -> None:
    nats = [point.nats for point in log.points]
    axes.plot(places, nats, color=colour, alpha=0.35, linewidth=1.2, label=f"{log.name}, training")
    valid = [
        (place, point.valid_nats)
        for place, point in zip(places, log.points, strict=True)
        if point.valid_nats is not None
    ]
    if valid:
        axes.plot(
            *zip(*valid, strict=True), color=colour, marker=marker, markersize=4.5,
            label=f"{log.name}, validation",
        )  # fmt: skip
