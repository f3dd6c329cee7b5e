"""Tables of pages of `acncodec explore`."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import ExplorePages

MEGABYTE = 1e6


def pages_table(source: Source, found: ExplorePages) -> Table:
    """Their sizes, and frames a second while they are panned."""
    rows = tuple(
        Row(
            (
                f"{name} ({page.data})", page.browser or f"not seen: {page.not_seen}",
                number(page.bytes / MEGABYTE), number(page.most_bytes / MEGABYTE),
                number(page.seconds, 1), number(page.frames_a_second, 1),
                number(len(page.complaints), 0) if page.browser else None,
            ),
            (source,),
        )
        for name, page in found.pages.items()
    )  # fmt: skip
    headings = (
        "page", "seen in", "MB", "at most", "made in, s", "frames a second, panning",
        "complaints of the browser",
    )  # fmt: skip
    note = f"{found.library} takes {found.library_bytes / MEGABYTE:.2f} MB of each page."
    caption = f"Pages of {found.images:,} images"
    return Table(f"pages-{source.number}", caption, headings, rows, (note,), labels=2)
