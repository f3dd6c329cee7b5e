"""Tables of models of several families side by side."""

from __future__ import annotations

from collections.abc import Sequence

from acncodec.report.document import Cell, Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import AutoEncoders, BitsOfPart, Families, FamilyRow, LatentsWorth

MILLION = 1e6
NATS_OF = 2
"""Nats an image are shown of images of so many levels, as the papers do."""
MISTAKES = 3
"""How many of a row's mistakes are named."""
PARTS = {
    "pixels": "pixels given the latent", "kl_unconditional": "KL, unconditional prior",
    "kl_tour": "KL, greedy tour", "kl_k1": "KL, K = 1", "kl_k5": "KL, K = 5",
    "kl_k10": "KL, K = 10",
}  # fmt: skip


def families_table(source: Source, found: Families) -> Table:
    """What codes tell, what images cost, and what it took, family by family."""
    headings = (
        "representation", "dimensions", "linear classifier", "K-NN", "bound, nats", "file, nats",
        "bound, bits/dim", "file, bits/dim", "file over bound", "perplexity of the codebook",
        "parameters", "10^6 multiply-adds", "training steps", "minutes",
    )  # fmt: skip
    rows = tuple(Row((_name(row, found.rows), *_cells(row)), (source,)) for row in found.rows)
    note = (
        f"Prices are of {_count(found.priced_images)} images, unordered, "
        f"{found.posterior_samples or 'some'} posterior samples; what has none has no likelihood. "
        "Multiply-adds are those to decode an image."
    )
    caption = f"{found.data}: {found.images:,} images ({found.tried_on or 'test'})"
    table = Table(f"families-{source.number}", caption, headings, rows, (note,))
    return table.without_empty()


def _count(images: int | None) -> str:
    return "the" if images is None else f"{images:,}"


def _name(row: FamilyRow, rows: Sequence[FamilyRow]) -> str:
    """What a row is of; where rows are of images of several levels, of how many too."""
    name = row.label if row.family is None else f"`{row.label}` ({row.family})"
    several = len({each.levels for each in rows}) > 1
    return f"{name}, {row.levels} levels" if several else name


def _cells(row: FamilyRow) -> tuple[Cell, ...]:
    nats, book, macs = row.levels == NATS_OF, row.codebook, row.macs_per_image
    return (
        number(row.dimensions, 0), number(row.linear_accuracy, share=True),
        number(row.knn_accuracy, share=True),
        number(row.bound_nats, error=row.bound_standard_error) if nats else None,
        number(row.file_nats, strong=True) if nats else None,
        number(row.bound_bits_per_dim, 4), number(row.file_bits_per_dim, 4, strong=True),
        number(row.file_over_bound, signed=True, share=True),
        number(book.perplexity, 1, after=f" of {book.vectors}") if book else None,
        number(row.parameters, 0), number(None if macs is None else macs / MILLION, 1),
        number(row.steps, 0), number(row.minutes, 1),
    )  # fmt: skip


def mistakes_table(source: Source, found: Families) -> Table | None:
    """The classes that neighbours mistake most often; None where classes are not known."""
    known = [row for row in found.rows if len(row.confusion) == len(found.classes) > 0]
    rows = tuple(
        Row((_name(row, found.rows), *_mistakes(row, found.classes)), (source,)) for row in known
    )
    if not rows:
        return None
    headings = "representation", *(f"{place + 1}. mistake" for place in range(MISTAKES))
    votes = f"{found.neighbours} " if found.neighbours else ""
    caption = f"{found.data}: what the vote of {votes}neighbours mistakes most often"
    return Table(f"mistakes-{source.number}", caption, headings, rows, (), len(headings))


def _mistakes(row: FamilyRow, classes: Sequence[str]) -> tuple[Cell, ...]:
    """The most frequent ones, each with the number of its images."""
    pairs = sorted(
        (-count, true, taken)
        for true, counts in enumerate(row.confusion)
        for taken, count in enumerate(counts)
        if true != taken and count
    )
    names = [f"{classes[true]} as {classes[taken]} ({-n:,})" for n, true, taken in pairs]
    return tuple([*names, *[None] * MISTAKES][:MISTAKES])


def auto_encoders_table(source: Source, found: AutoEncoders) -> Table:
    """What codes of auto-encoders tell, how near they are to a Gaussian, and squared errors."""
    rows = tuple(
        Row(
            (
                f"`{row.model}`", number(row.dimensions, 0),
                number(row.linear_accuracy, share=True), number(row.knn_accuracy, share=True),
                number(row.normality.share, 4), number(row.normality.p_value),
                number(row.squared_error), number(row.class_means_squared_error),
                number(row.share_of_class_means), number(row.steps, 0), number(row.minutes, 1),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    headings = (
        "model", "features", "linear classifier", "K-NN", "distance from a Gaussian", "its p",
        "squared error", "of class means", "share", "training steps", "minutes",
    )  # fmt: skip
    caption = f"Auto-encoders on {found.images:,} images ({found.tried_on or 'test'})"
    return Table(f"auto-encoders-{source.number}", caption, headings, rows).without_empty()


def latents_worth_table(source: Source, found: LatentsWorth) -> Table:
    """The parts of what images cost an ACN, beside its decoder alone, and the sums."""
    names = [*PARTS, *(name for name in found.latents if name not in PARTS)]
    rows = [
        Row(
            (PARTS.get(name, name), _bits(name, found.latents), _bits(name, found.alone)), (source,)
        )
        for name in names
        if name in found.latents or name in found.alone
    ]
    sums = (
        ("`iid`", "latents_iid", "alone_iid"), ("`tour`", "latents_tour", None),
        ("`set`", "latents_set", "alone_set"),
    )  # fmt: skip
    rows += [
        Row(
            (
                f"in all, {name}", number(found.totals.get(ours)),
                number(found.totals.get(other)) if other else None,
            ),
            (source,), strong=True,
        )
        for name, ours, other in sums
    ]  # fmt: skip
    if found.file_bytes:
        files = (_bits_of_file(found, name) for name in ("latents", "alone"))
        rows.append(Row(("file, `iid`", *files), (source,), strong=True))
    caption = (
        f"An ACN and its decoder alone on {found.images:,} images of {found.test}, "
        f"{found.samples_an_image:,} samples each; bits an image"
    )
    note = f"The order gives {found.order:.2f} bits an image back in a `set`."
    headings = "cost", "with latents", "without"
    return Table(f"latents-{source.number}", caption, headings, tuple(rows), (note,))


def _bits_of_file(found: LatentsWorth, name: str) -> Cell:
    nbytes = found.file_bytes.get(name)
    return None if nbytes is None else number(8 * nbytes / found.images)


def _bits(name: str, costs: dict[str, BitsOfPart]) -> Cell:
    part = costs.get(name)
    return None if part is None else number(part.bits, error=part.standard_error)
