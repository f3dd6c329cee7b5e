"""Results on pages of `acncodec explore`."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.report.schema.base import Count, Measured


@dataclass(frozen=True, kw_only=True)
class ExplorePage:
    """A page: its bytes, the most that it may have, what making it took, and what a browser made of
    it while it was panned, or why none looked."""

    data: str
    bytes: Count
    most_bytes: Count
    seconds: float
    browser: str | None = None
    drawn_by: str | None = None
    frames_a_second: float | None = None
    complaints: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    not_seen: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExplorePages(Measured):
    """`bench/explore_page.py`. images: of each page; library: what draws it."""

    images: Count
    library: str
    library_bytes: Count
    pages: dict[str, ExplorePage]
