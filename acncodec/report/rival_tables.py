"""Other compressors on the same images."""

from __future__ import annotations

from collections.abc import Sequence

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import Rival, Rivals
from acncodec.report.subject import Subject, model_label

BY_ITSELF = "single"
"""The layout of the rivals in which each image is a picture of its own."""
BUSY = "Other work ran on the machine meanwhile: sizes are exact, times are upper limits."


def overview_table(found: Sequence[tuple[Source, Rivals]]) -> Table | None:
    """The best rival of each set of images, and ours beside it; None for fewer than two sets."""
    if len(found) < 2:
        return None
    rows = []
    for source, rivals in found:
        theirs = min(
            (row for row in rivals.rows if not is_ours(row.name)), key=_smallest, default=None
        )
        ours = min((row for row in rivals.rows if is_ours(row.name)), key=_smallest, default=None)
        if theirs is None:
            continue
        ratio = ours.bytes / theirs.bytes if ours else None
        cells = (
            rivals_label(rivals), theirs.name, theirs.layout, number(theirs.bytes, 0, strong=True),
            number(theirs.bits_per_dim, 3), number(ours.bytes if ours else None, 0),
            number(ratio, 3),
        )  # fmt: skip
        rows.append(Row(cells, (source,)))
    headings = (
        "images", "smallest of the others", "layout", "bytes", "bits/dim", "our smallest, bytes",
        "ours over theirs",
    )  # fmt: skip
    caption = "The best of the other compressors on each set of images, without labels"
    return Table("rivals", caption, headings, tuple(rows), labels=3).without_empty()


def _smallest(row: Rival) -> tuple[int, str]:
    return row.bytes, row.name


def rivals_table(source: Source, rivals: Rivals, subject: Subject) -> Table:
    """Other compressors on the same images, the smallest first.

    Measured against the smallest of ours or, where ours are not there, the smallest of all.
    """
    ours = [row.bytes for row in rivals.rows if is_ours(row.name)]
    smallest = min(ours or (row.bytes for row in rivals.rows))
    rows = tuple(
        Row(
            (
                row.name, row.layout, number(row.bytes, 0),
                number(row.bytes_by_layout.get(BY_ITSELF), 0),
                number(row.bits_per_dim, 3), number(row.bits_per_image, 1, strong=True),
                number(row.nats_per_image, 1), number(row.bytes / smallest, 2),
                number(row.compress_seconds), number(row.decompress_seconds),
                number(row.peak_mib, 0),
            ),
            (source,),
            strong=is_ours(row.name),
        )
        for row in sorted(rivals.rows, key=_smallest)
    )  # fmt: skip
    headings = (
        "compressor", "layout", "bytes", "bytes, each image by itself", "bits/dim", "bits/image",
        "nats/image", "times our smallest" if ours else "times the smallest",
        "compress,\u00a0s", "decompress,\u00a0s", "peak MiB",
    )  # fmt: skip
    notes = tuple(f"{name} is not measured: {why}." for name, why in rivals.not_measured.items())
    if rivals.machine_busy:
        notes = (BUSY, *notes)
    caption = f"{rivals_label(rivals)} without labels, each compressor on its best layout"
    if ours:
        caption += f"; model {model_label(rivals, subject)}"
    table = Table(f"rivals-{source.number}", caption, headings, rows, notes, labels=2)
    return table.without_empty()


def rivals_label(rivals: Rivals) -> str:
    """How many images of which kind and name."""
    parts = []
    if rivals.shape is not None:
        height, width, channels = rivals.shape
        parts.append(f"{height} x {width}" + (f" x {channels}" if channels > 1 else ""))
    if rivals.levels is not None:
        parts.append(f"{rivals.levels:,} levels")
    kind = f" of {', '.join(parts)}" if parts else ""
    return f"{rivals.images:,} images{kind}" + (f" ({rivals.data})" if rivals.data else "")


def is_ours(name: str) -> bool:
    """Whether a row of the rivals is acncodec itself."""
    return name.startswith("acncodec")
