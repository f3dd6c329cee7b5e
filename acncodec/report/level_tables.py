"""What images take to code: those of many levels, and those on another device."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import Devices, LevelSpeed
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


def devices_table(source: Source, found: Devices, subject: Subject) -> Table:
    """A device beside the processor, by images at once; all made the same file."""
    rows = tuple(
        Row(
            (
                row.device, number(row.threads, 0), number(row.batch, 0),
                *(number(row.images_a_second[way], 1) for way in WAYS),
            ),
            (source,),
        )
        for row in found.rows
    )  # fmt: skip
    headings = "device", "threads", "batch", *(f"{way}, images/s" for way in WAYS)
    caption = (
        f"{found.images:,} images of {'x'.join(map(str, found.shape))} by"
        f" {model_label(found, subject)}"
    )
    return Table(f"devices-{source.number}", caption, headings, rows)
