"""The paper's tables with our columns beside them; for every bound the file that reaches it."""

from __future__ import annotations

from dataclasses import replace

from acncodec.analysis import paper
from acncodec.report.document import Cell, Row, Table, less, number
from acncodec.report.points import Point, on_test_set
from acncodec.report.results import Source
from acncodec.report.schema import Costs, KSweep, Probe
from acncodec.report.subject import Subject, model_label

SENDS_NOTHING = "The paper's figures are bounds; it sends no bits."
OTHER_DRAW = "They are of another random binarisation of the same test set."
DRAWS = f"They are of the images of {paper.ITS_DRAW}; other files have another draw of them."
UNCHECKED = (
    'A "-" in the paper\'s column: it has no such figure, or it could not be checked against the '
    "paper."
)
LEFT_OUT = "The paper's figures for this table could not be checked against it, and are left out."


def _versus(figure: paper.PaperFigure | None, ours: float, error: float | None) -> tuple[Cell, ...]:
    """The paper's figure, ours, and the difference."""
    theirs = figure.value if figure else None
    return number(theirs, 1), number(ours, error=error), less(ours, theirs)


def _file_cells(bound: float, file: float | None) -> tuple[Cell, ...]:
    return number(file, strong=True), less(file, bound, 3)


def _about_paper(*data: str) -> tuple[str, ...]:
    """What is said of the paper's figures beside results on these files."""
    others = [name for name in data if not paper.is_its_draw(name)]
    draw = (DRAWS if len(others) < len(data) else OTHER_DRAW,) if others else ()
    return SENDS_NOTHING, *draw


def _of_set(words: str, point: Point, points: tuple[Point, ...]) -> str:
    """What is said of a point, and its images where points are of several sets of them."""
    several = len({each.bench.data for each in points}) > 1
    return f"{words}, {point.data_name}" if several else words


def _bench_cells(point: Point, figure: paper.PaperFigure | None) -> tuple[Cell, ...]:
    costs = point.costs
    return (
        *_versus(figure, costs.bound_nats, costs.bound_standard_error),
        number(costs.ideal_nats),
        *_file_cells(costs.bound_nats, costs.file_nats),
        number(costs.bits_per_image, 1),
    )


def _papers(point: Point) -> paper.PaperFigure | None:
    """The paper's figure for this strategy; its tour is greedy, and no other stands beside it."""
    return None if point.solver else paper.ORDERINGS.get(point.strategy)


BENCH_HEADINGS = (
    "paper's bound", "our bound", "ours - paper", "ideal", "file", "file - bound",
    "file, bits/image",
)  # fmt: skip


def acn_table(points: tuple[Point, ...]) -> Table | None:
    """Bounds of the ACN by strategy, and the files."""
    shown = on_test_set(points)
    rows = tuple(
        Row(
            (_of_set(point.description, point, shown), *_bench_cells(point, _papers(point))),
            (point.source,),
        )
        for point in shown
    )
    if not rows:
        return None
    caption = f"Binarised MNIST, {paper.TEST_IMAGES:,} test images; nats an image"
    notes = *_about_paper(*(point.bench.data for point in shown)), UNCHECKED
    return Table("acn", caption, ("strategy", *BENCH_HEADINGS), rows, notes)


def models_table(
    points: tuple[Point, ...], others: tuple[Point, ...], subject: Subject
) -> Table | None:
    """The report's model among other models of the same data, the paper's Table 1."""
    rivals = on_test_set(others)
    if not rivals:
        return None
    rows = []
    shown = *on_test_set(points), *rivals
    for point in shown:
        mine = subject.has(point.bench)
        theirs = paper.MODELS.get(point.bench.model)
        if mine:
            theirs = _papers(point)
        elif point.strategy != "iid":
            theirs = None
        name = model_label(point.bench, subject)
        label = f"{name}, {theirs.name}" if theirs and not mine else name
        strategy = _of_set(point.label, point, shown)
        cells = (label, strategy, *_bench_cells(point, theirs))
        rows.append(Row(cells, (point.source,), strong=mine))
    return Table(
        "models", "Models on the same test images; nats an image",
        ("model", "strategy", *BENCH_HEADINGS), tuple(rows),
        (*_about_paper(*(point.bench.data for point in shown)), UNCHECKED), labels=2,
    )  # fmt: skip


def others_table(others: tuple[Point, ...], subject: Subject) -> Table | None:
    """What else was measured of other models: other data, or the order kept."""
    beside = on_test_set(others)
    rows = tuple(
        Row(
            (
                model_label(point.bench, subject), f"{point.bench.images:,} ({point.data_name})",
                point.label, number(point.costs.kl_bound_nats),
                number(point.costs.bound_nats, error=point.costs.bound_standard_error),
                number(point.costs.ideal_nats),
                *_file_cells(point.costs.bound_nats, point.costs.file_nats),
            ),
            (point.source,),
        )
        for point in others
        if point not in beside
    )  # fmt: skip
    if not rows:
        return None
    headings = (
        "model", "images (data)", "strategy", "KL bound", "bound", "ideal", "file",
        "file - bound",
    )  # fmt: skip
    return Table("others", "Other models on other images; nats an image", headings, rows, labels=3)


FILE_OF_COST = {
    "kl_unconditional": "iid", "unordered": "iid", "kl_tour": "tour", "ordered": "tour",
}  # fmt: skip
"""The strategy whose file belongs to a cost that names none itself; tours are greedy ones."""


def _with_paper(table: Table, *notes: str) -> Table:
    """The table without empty columns, and notes on the paper's, if one is left or not."""
    shown = table.without_empty()
    left = any(heading.startswith("paper") for heading in shown.headings)
    return replace(shown, notes=(*notes, UNCHECKED) if left else (LEFT_OUT,))


def costs_table(source: Source, costs: Costs, points: tuple[Point, ...], subject: Subject) -> Table:
    """The parts of the bound, the paper's Table 2, and the file of what they add up to."""
    parts = {row.cost: row.nats for row in costs.rows}
    base = parts.get("reconstruction")
    rows = []
    for row in costs.rows:
        figure = paper.COSTS.get(row.cost)
        label = row.label or (figure.name if figure else row.cost)
        total = base + row.nats if base is not None and row.cost.startswith("kl_") else None
        file, sources = row.file_nats, [source]
        if file is None and subject.has(costs):
            for point in points:
                bench = point.bench
                same = (bench.images, bench.order, point.solver) == (costs.images, "any", "")
                named = costs.data_name in ("", point.data_name)
                if same and named and point.strategy == FILE_OF_COST.get(row.cost):
                    file = point.costs.file_nats
                    sources.append(point.source)
        cells = (
            label, *_versus(figure, row.nats, row.standard_error), number(total),
            number(file, strong=True),
        )  # fmt: skip
        rows.append(Row(cells, tuple(sources)))
    samples = f", {costs.posterior_samples} posterior samples" if costs.posterior_samples else ""
    caption = (
        f"Costs of model {model_label(costs, subject)} on {costs.images:,} images"
        f"{f' of {costs.data_name}' if costs.data else ''}{samples}; "
        "nats an image"
    )
    headings = "cost", "paper", "ours", "ours - paper", "with reconstruction", "file"
    table = Table(f"costs-{source.number}", caption, headings, tuple(rows))
    return _with_paper(table, *_about_paper(costs.data))


def k_table(source: Source, sweep: KSweep) -> Table:
    """What training with K neighbours does, the paper's Figure 2."""
    rows = tuple(
        Row(
            (
                str(row.K), number(row.kl_nats), number(row.kl_tour_nats),
                number(row.kl_unconditional_nats), number(row.unordered_nats),
                number(row.tour_nats), number(row.linear_accuracy, share=True),
            ),
            (source,),
        )
        for row in sorted(sweep.rows, key=lambda row: row.K)
    )  # fmt: skip
    headings = (
        "K", "KL, K neighbours (validation)", "KL, greedy tour", "KL, unconditional",
        "unordered bound", "tour bound", "linear classifier",
    )  # fmt: skip
    budget = f", each trained for {sweep.budget}" if sweep.budget else ""
    images = f" on {sweep.images:,} images" if sweep.images else ""
    return Table(
        f"k-{source.number}", f"Models by K{images}{budget}; nats an image", headings, rows
    ).without_empty()


def probe_table(source: Source, probe: Probe, subject: Subject) -> Table:
    """How well representations tell the digits apart, the paper's Table 3."""
    rows = []
    for row in probe.rows:
        figure = paper.ACCURACIES.get(row.representation)
        theirs = figure.value if figure else None
        gap = None
        if theirs is not None and row.linear_accuracy is not None:
            gap = number(row.linear_accuracy - theirs, signed=True, share=True)
        cells = (
            row.label or (figure.name if figure else row.representation),
            number(theirs, 1, share=True), number(row.linear_accuracy, share=True, strong=True),
            gap, number(row.knn_accuracy, share=True),
        )  # fmt: skip
        rows.append(Row(cells, (source,), strong=row.representation == "acn"))
    headings = "representation", "paper, linear", "ours, linear", "ours - paper", "ours, K-NN"
    named = probe.data or probe.test
    data = f" on {named}" if named else ""
    codes = f", codes of model {model_label(probe, subject)}" if probe.model else ""
    caption = f"Test images that are classified rightly{data}{codes}"
    return _with_paper(Table(f"probe-{source.number}", caption, headings, tuple(rows)))
