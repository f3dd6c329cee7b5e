"""Models that are fitted to a set, and what their choices are worth."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import (
    FitChoices,
    FitFew,
    Fits,
    FitSizes,
    HiddenFeatures,
    TrainChoices,
)


def fits_table(source: Source, found: Fits) -> Table:
    """Bytes against time of decoding, for sizes of model."""
    rows = tuple(
        Row(
            (
                row.speed, number(row.file_bytes, 0), number(row.ratio, 3, strong=True),
                number(row.model_bytes, 0), number(row.weights, 0), number(row.bits_a_weight, 2),
                number(row.stored_images, 0),
                *(number(took, 1) for _, took in sorted(row.decompress_seconds.items())),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    threads = sorted(found.rows[0].decompress_seconds) if found.rows else []
    headings = (
        "speed", "file, bytes", "of the best other", "of it the model", "weights",
        "bits a weight", "stored", *(f"decompress, {count} threads, s" for count in threads),
    )  # fmt: skip
    best = found.best_rival
    notes = (
        "Every byte of the file is counted, the model's too; times are of whole processes.",
        f"The best other: {best.name}, {best.layout}, {best.bytes:,} bytes." if best
        else "No other compressor was measured on these pixels.",
    )  # fmt: skip
    caption = (
        f"{found.data}: {found.images:,} images of {'x'.join(map(str, found.shape))}, a model"
        f" fitted for {found.minutes:g} minutes on {found.threads} thread(s) and put into the file"
    )
    return Table(f"fits-{source.number}", caption, headings, rows, notes)


def fit_sizes_table(source: Source, found: FitSizes) -> Table:
    """Bytes against the size of the network, and against the time of decoding."""
    threads = sorted({count for row in found.rows for count in row.decompress_seconds or ()})
    rows = tuple(
        Row(
            (
                number(row.weights, 0), number(row.file_bytes, 0, strong=True),
                number(row.model_bytes, 0), number(found.xz_bytes / row.weights, 1),
                number(row.steps, 0), number(row.stored_images, 0),
                *(number((row.decompress_seconds or {}).get(count), 1) for count in threads),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    headings = (
        "weights", "file, bytes", "of it the model", "bytes by xz for each weight", "steps",
        "stored", *(f"decompress, {count} threads, s" for count in threads),
    )  # fmt: skip
    caption = (
        f"{found.data}: {found.images:,} images, by networks of several sizes, each fitted for"
        f" {found.minutes:g} minutes on {found.threads} thread(s)"
    )
    return Table(f"fit-sizes-{source.number}", caption, headings, rows)


def fit_choices_table(source: Source, found: FitChoices) -> Table:
    """Bytes by what was set."""
    rows = tuple(
        Row(
            (
                row.settings or "as it is", number(row.file_bytes, 0, strong=True),
                number(row.model_bytes, 0), number(row.weights, 0),
                number(row.bits_a_weight, 2), number(row.steps, 0),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    headings = "settings", "file, bytes", "of it the model", "weights", "bits a weight", "steps"
    begun = f", begun with the weights of {found.start}" if found.start else ""
    caption = (
        f"{found.data}: {found.images:,} images, each row fitted for {found.minutes:g} minutes on"
        f" {found.threads} thread(s){begun}"
    )
    return Table(f"fit-choices-{source.number}", caption, headings, rows)


def fit_few_table(source: Source, found: FitFew) -> Table:
    """Few pictures without and with a fit."""
    rows = tuple(
        Row(
            (
                row.data, number(row.images, 0), number(row.without_bytes, 0),
                number(row.file_bytes, 0, strong=True),
                "all stored" if row.stored_images == row.images else row.kept,
                "; ".join(f"{name}: {size:,}" for name, size in row.candidates.items()),
                number(row.stored_images, 0), number(row.files_bytes, 0),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    headings = (
        "set", "pictures", "without a fit, bytes", "with one, bytes", "kept", "tried", "stored",
        "files as they lie, bytes",
    )  # fmt: skip
    caption = (
        f"Few pictures, without a fit and with {found.minutes:g} minutes of one on "
        f"{found.threads} thread(s); of several files the smallest is kept"
    )
    return Table(f"fit-few-{source.number}", caption, headings, rows)


def train_choices_table(source: Source, found: TrainChoices) -> Table:
    """Bits/dim of images held back by what was set."""
    rows = tuple(
        Row(
            (
                row.settings or "as it is", number(row.bits_per_dim, 4, strong=True),
                number(row.last_bits_per_dim, 4), number(row.steps, 0),
                number(row.parameters, 0),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    headings = "settings", "bits/dim, the least", "at the last checkpoint", "steps", "parameters"
    caption = (
        f"{found.data}: {found.images:,} images, a part held back, {found.minutes:g} minutes of "
        "training on one thread"
    )
    return Table(f"train-choices-{source.number}", caption, headings, rows)


def hidden_features_table(source: Source, found: HiddenFeatures) -> Table:
    """The share of hidden features that live, by Muon's rate."""
    rows = tuple(
        Row(
            (
                number(row.weights, 0), f"{row.matrix_rate:g}",
                number(100 * row.live, 0, strong=True), number(100 * row.least_live, 0),
                number(row.bits_per_dim, 3),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    headings = (
        "weights", "Muon's rate", "hidden features that live, %", "in the block where fewest do, %",
        "bits/dim",
    )  # fmt: skip
    caption = f"{found.data}: after {found.steps:,} steps of a fit, at a rate that does not fall"
    return Table(f"hidden-features-{source.number}", caption, headings, rows)
