"""What files cost: by strategy and size, where they differ from the bound, and the order."""

from __future__ import annotations

from acncodec.report.document import Cell, Row, Table, less, number
from acncodec.report.points import Point, images_label, saved_share
from acncodec.report.results import Source
from acncodec.report.schema import CodedModels, Labels, Orders, Urns
from acncodec.report.subject import Subject, model_label

ABOUT_STRATEGIES = (
    "Nats an image unless the heading says otherwise. *KL bound* and *bound* include the order's "
    "share: log of the number of orders is taken off where it is given back."
)
ABOUT_SAVED = (
    "*Saved*: what the whole file is smaller than that of `iid` by, out of log2 of the number "
    "of orders. The latents of two files are different draws, so that it may be a little more. "
    "*File, bytes* includes side data; the other figures do not."
)
ALL_RESTORED = "Every file was decompressed, and the images that came back were the same."


def strategies_table(points: tuple[Point, ...]) -> Table | None:
    """Every strategy on every number of images."""
    if not points:
        return None
    restored = all(point.costs.restored_exactly for point in points)
    rows = []
    seen = images_label(points[0], points)
    for point in points:
        costs = point.costs
        group = images_label(point, points)
        cells: list[Cell] = [
            group, point.label, number(costs.kl_bound_nats),
            number(costs.bound_nats, error=costs.bound_standard_error), number(costs.ideal_nats),
            number(costs.file_nats, strong=True), less(costs.file_nats, costs.bound_nats, 3),
            number(saved_share(point, points), 0, share=True),
            number(costs.file_bytes, 0), number(costs.compress_seconds, 1),
            number(costs.decompress_seconds, 1),
        ]  # fmt: skip
        if not restored:
            cells.append({True: "yes", False: "**NO**", None: None}[costs.restored_exactly])
        rows.append(Row(tuple(cells), (point.source,), opens=group != seen))
        seen = group
    headings = (
        "images", "strategy", "KL bound", "bound", "ideal", "file", "file - bound",
        "saved, of log2 orders", "file, bytes", "compress,\u00a0s", "decompress,\u00a0s",
        *(() if restored else ("restored",)),
    )  # fmt: skip
    notes = (ABOUT_STRATEGIES, ABOUT_SAVED, *((ALL_RESTORED,) if restored else ()))
    return Table("strategies", "Strategies by number of images", headings, tuple(rows), notes, 2)


def differences_table(points: tuple[Point, ...]) -> Table | None:
    """What lies between bound and file, one row a cause, one column a strategy."""
    shown = tuple(point for point in points if point.costs.difference_nats)
    if not shown:
        return None
    names = dict.fromkeys(name for point in shown for name in point.costs.difference_nats)
    sources = tuple(dict.fromkeys(point.source for point in shown))
    rows = [
        Row(
            (
                name.replace("_", " "),
                *(number(point.costs.difference_nats.get(name), 4, True) for point in shown),
            ),
            sources,
        )
        for name in names
    ]
    total = (less(point.costs.file_nats, point.costs.bound_nats, 4) for point in shown)
    rows.append(Row(("together", *total), sources, strong=True))
    caption = f"File less bound on {shown[0].bench.images:,} images; nats an image"
    headings = ("cause", *(point.label for point in shown))
    return Table("differences", caption, headings, tuple(rows))


def _without_coder(point: Point) -> tuple[object, ...]:
    bench = point.bench
    return bench.data, bench.images, bench.order, point.strategy


def coders_table(points: tuple[Point, ...]) -> Table | None:
    """The same images and strategies with different entropy coders."""
    coders: dict[tuple[object, ...], set[str]] = {}
    for point in points:
        coders.setdefault(_without_coder(point), set()).add(point.bench.coder)
    points = tuple(point for point in points if len(coders[_without_coder(point)]) > 1)
    if not points:
        return None
    rows = tuple(
        Row(
            (
                images_label(point, points), point.label, point.bench.coder,
                number(point.costs.bound_nats), number(point.costs.ideal_nats, 3),
                number(point.costs.file_nats, 3, strong=True),
                less(point.costs.file_nats, point.costs.ideal_nats, 4),
                number(point.costs.file_bytes, 0),
            ),
            (point.source,),
        )
        for point in points
    )  # fmt: skip
    headings = (
        "images", "strategy", "coder", "bound", "ideal", "file", "file - ideal", "file, bytes",
    )  # fmt: skip
    return Table("coders", "Entropy coders; nats an image", headings, rows, labels=3)


def orders_table(source: Source, orders: Orders, subject: Subject) -> Table:
    """Orders against each other and against lower bounds."""
    rows = tuple(
        Row(
            (
                row.order, number(row.kl_nats, error=row.kl_standard_error),
                number(row.bound_nats), number(row.file_nats, strong=True),
                less(row.file_nats, row.bound_nats, 3), number(row.seconds, 1),
            ),
            (source,),
            strong=row.lower_bound,
        )
        for row in orders.rows
    )  # fmt: skip
    caption = (
        f"Orders of {orders.images:,} images, model {model_label(orders, subject)}; nats an image"
    )
    headings = "order", "KL", "bound", "file", "file - bound", "solver, s"
    notes: tuple[str, ...] = ()
    if any(row.lower_bound for row in orders.rows):
        notes = ("Rows set apart are lower bounds: no order of these images costs less.",)
    return Table(f"orders-{source.number}", caption, headings, rows, notes).without_empty()


def urns_table(source: Source, urns: Urns, subject: Subject) -> Table:
    """`set` against `urn` on several kinds of images."""
    rows = tuple(
        Row(
            (
                row.data, number(row.images, 0), number(row.set_kl_nats), number(row.urn_kl_nats),
                number(row.set_file_nats), number(row.urn_file_nats, strong=True),
                less(row.urn_file_nats, row.set_file_nats), number(row.alpha, 0),
                "prior network" if not row.kernel else number(row.kernel, 0),
            ),
            (source,),
        )
        for row in urns.rows
    )  # fmt: skip
    caption = (
        "Images like and unlike the training data as a `set` and as an `urn`, model "
        f"{model_label(urns, subject)}; nats an image"
    )
    headings = (
        "images", "how many", "KL, `set`", "KL, `urn`", "file, `set`", "file, `urn`",
        "`urn` - `set`", "alpha", "kernel",
    )  # fmt: skip
    return Table(f"urns-{source.number}", caption, headings, rows)


def labels_table(source: Source, labels: Labels) -> Table:
    """What labels take, coded given the images, and as they are."""
    rows = tuple(
        Row(
            (
                number(row.images, 0), row.order, number(row.labels_section_bytes, 0, strong=True),
                number(row.xz_bytes, 0), number(row.entropy_bytes, 0),
            ),
            (source,),
        )
        for row in labels.rows
    )  # fmt: skip
    headings = "images", "order", "coded given the images", "xz", "entropy of their counts"
    return Table(f"labels-{source.number}", "Class labels; bytes", headings, rows, labels=2)


def coded_models_table(source: Source, coded: CodedModels, subject: Subject) -> Table:
    """Size of a coded model against the loss of its rounding."""
    plain = Row(
        (
            "not rounded", number(coded.unrounded_bytes, 0), number(coded.unrounded_bits_a_weight),
            number(coded.bits_per_dim, 4), number(0.0, 3),
        ),
        (source,),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                number(row.coarseness), number(row.model_bytes, 0),
                number(row.bits_a_weight, strong=True), number(row.bits_per_dim, 4),
                number(row.loss_percent, 3),
            ),
            (source,),
        )
        for row in coded.rows
    )  # fmt: skip
    caption = (
        f"Model {model_label(coded, subject)} of {coded.weights:,} weights, its steps as for "
        f"{coded.set_images:,} images, tried on {coded.images:,}"
    )
    headings = "coarseness", "bytes", "bits a weight", "bits/dim of pixels", "loss, %"
    return Table(f"coded-models-{source.number}", caption, headings, (plain, *rows))
