"""Images of many levels: what they take to code."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import LevelSpeed
from acncodec.report.subject import Subject, model_label

WAYS = "compress", "decompress"


def level_speed_table(source: Source, found: LevelSpeed, subject: Subject) -> Table:
    """Both commands as whole processes, start-up told apart, beside the products alone."""
    rows = tuple(
        Row(
            (
                way, number(row.threads, 0), number(getattr(row, f"{way}_seconds"), 1),
                number(getattr(row, f"{way}_start_seconds"), 1),
                number(row.milliseconds_an_image[way], 2, strong=True), number(row.products, 2),
                number(row.share_of_peak[way], 2), number(getattr(row, f"{way}_peak_mib"), 0),
            ),
            (source,),
        )
        for row in found.rows
        for way in WAYS
    )  # fmt: skip
    headings = (
        "command", "threads", "whole process, s", "start-up, s", "ms/image",
        "products alone, ms/image", "share", "peak MiB",
    )  # fmt: skip
    caption = (
        f"{found.images:,} images of {'x'.join(map(str, found.shape))} by"
        f" {model_label(found, subject)}, {found.macs_per_image / 1e6:,.0f} million multiply-adds"
        " an image"
    )
    return Table(f"level-speed-{source.number}", caption, headings, rows)
