"""One strategy on one data set, as a point to put into tables and figures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from acncodec.analysis.paper import is_its_draw, is_test_set
from acncodec.report.results import Results, Source
from acncodec.report.schema import Bench, OrderingCosts
from acncodec.report.subject import Subject
from acncodec.stack.orders import permutation_bits

NATS = math.log(2)
MAIN_CODER = "ans"
STRATEGIES = {
    "iid": "unordered",
    "tour": "ordered by a greedy tour",
    "set": "the order's bits given back",
    "urn": "the order's bits given back, codes sent as priors",
}
"""Strategies in the order they are shown, and what they do."""
OTHER_TOUR = "ordered by a tour of another solver"
GIVEN_BACK = ("set", "urn")
"""Strategies whose bound has log2 of the number of orders taken off."""


@dataclass(frozen=True)
class Point:
    """What one strategy cost on one data set."""

    source: Source
    bench: Bench
    strategy: str
    costs: OrderingCosts

    @property
    def name(self) -> str:
        """The strategy, and the solver of a tour that is not the paper's: plain words."""
        return f"{self.strategy}, {self.solver}" if self.solver else self.strategy

    @property
    def label(self) -> str:
        """The strategy, the solver of a tour that is not the paper's, and a kept order."""
        kept = ", order kept" if self.bench.order == "keep" else ""
        return f"`{self.strategy}`{f', {self.solver}' if self.solver else ''}{kept}"

    @property
    def solver(self) -> str:
        """What made the tour, if it is a tour and not the paper's greedy one; else empty."""
        other = self.strategy == "tour" and self.bench.solver != "greedy"
        return self.bench.solver if other else ""

    @property
    def description(self) -> str:
        """The strategy in words, then its name."""
        words = OTHER_TOUR if self.solver else STRATEGIES.get(self.strategy)
        return f"{words} ({self.label})" if words else self.label

    @property
    def data_name(self) -> str:
        """The data's file, without its folder."""
        return self.bench.data_name

    @property
    def family(self) -> str:
        """The kind of data: the letters its file's name begins with."""
        letters = re.match("[a-z]*", self.data_name.lower())
        name = letters.group() if letters else ""
        return "mnist" if self.data_name.startswith("t10k") else name

    @property
    def orders_bits(self) -> float:
        """log2 U!: what the order of the U distinct images is worth."""
        distinct = self.bench.images if self.bench.distinct is None else self.bench.distinct
        return permutation_bits(distinct)

    @property
    def order_nats(self) -> float:
        """What the order adds to the bound, nats an image: negative where it is given back."""
        nats = self.orders_bits * NATS / self.bench.images
        if self.strategy in GIVEN_BACK:
            return -nats
        return nats if self.strategy == "tour" and self.bench.order == "keep" else 0.0


def _rank(point: Point) -> tuple[object, ...]:
    known = list(STRATEGIES)
    rank = known.index(point.strategy) if point.strategy in known else len(known)
    bench = point.bench
    draw = not is_its_draw(bench.data), bench.data
    return bench.images, *draw, bench.order, rank, point.strategy, bench.coder, point.source


def _sorted(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: (*_rank(point)[:-1], point.source.number)))


def points_of(
    results: Results, subject: Subject, coder: str | None = MAIN_CODER
) -> tuple[Point, ...]:
    """All points of the report's model, small data sets first, with one coder (None: all)."""
    return _sorted(
        Point(source, bench, name, costs)
        for source, bench in results.of(Bench)
        if subject.has(bench) and coder in (None, bench.coder)
        for name, costs in bench.orderings.items()
    )


def points_of_others(results: Results, subject: Subject) -> tuple[Point, ...]:
    """The points of all other models."""
    return _sorted(
        Point(source, bench, name, costs)
        for source, bench in results.of(Bench)
        if not subject.has(bench)
        for name, costs in bench.orderings.items()
    )


def on_test_set(points: Iterable[Point]) -> tuple[Point, ...]:
    """Those that may stand beside the paper's bounds: all of MNIST's test set, order freed."""
    return tuple(
        point
        for point in points
        if is_test_set(point.bench.data, point.bench.images) and point.bench.order == "any"
    )


def largest(points: Iterable[Point]) -> tuple[Point, ...]:
    """The points of one data set: the test set if it is there, the paper's draw of it before
    another, else that of the most images."""
    known = tuple(point for point in points if point.bench.order == "any")
    chosen = on_test_set(known)
    if len({point.bench.data for point in chosen}) > 1:
        last = max((point.bench for point in chosen), key=lambda bench: is_its_draw(bench.data))
        chosen = tuple(point for point in chosen if point.bench.data == last.data)
    if not chosen and known:
        last = known[-1].bench
        chosen = tuple(
            point
            for point in known
            if (point.bench.data, point.bench.images) == (last.data, last.images)
        )
    return chosen


def same_family(points: Iterable[Point]) -> tuple[Point, ...]:
    """The points on the kind of data that the largest one is of, the order freed."""
    known = tuple(points)
    main = {point.family for point in largest(known)}
    return tuple(point for point in known if point.family in main and point.bench.order == "any")


def images_label(point: Point, points: Iterable[Point]) -> str:
    """The number of images, with the data's name where the number alone might mislead."""
    known = tuple(points)
    others = {other.bench.data for other in known if other.bench.images == point.bench.images}
    main = {other.family for other in same_family(known)}
    count = f"{point.bench.images:,}"
    alone = len(others) < 2 and point.family in main
    return count if alone else f"{count} ({point.data_name})"


def saved_bits(point: Point, points: Iterable[Point]) -> float | None:
    """Bits of the whole file that `point` saves against `iid` on the same images, or None.

    For strategies that leave the order free these are bits that the order is worth: at most
    about log2 U! can be collected by giving it back.
    """
    if point.strategy == "iid" or point.bench.order != "any":
        return None
    for other in points:
        same = (other.bench.data, other.bench.images, other.bench.order, other.bench.coder) == (
            point.bench.data,
            point.bench.images,
            point.bench.order,
            point.bench.coder,
        )
        if same and other.strategy == "iid":
            nats = other.costs.file_nats - point.costs.file_nats
            return nats * point.bench.images / NATS
    return None


def saved_share(point: Point, points: Iterable[Point]) -> float | None:
    """`saved_bits` as a share of log2 of the number of orders; None where there is one order."""
    saved = saved_bits(point, points)
    return saved / point.orders_bits if saved is not None and point.orders_bits > 0 else None
