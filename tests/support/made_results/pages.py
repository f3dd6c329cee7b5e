"""Results of pages to look at a set by."""

from __future__ import annotations

from typing import Any

from made_results.origin import ORIGIN


def explore_pages() -> dict[str, Any]:
    """A result of bench/explore_page.py."""
    page = {
        "data": "mnist.npz", "options": [], "bytes": 5_500_000, "seconds": 60.0,
        "most_bytes": 6_000_000,
    }  # fmt: skip
    seen = {
        "browser": "chromium 120", "drawn_by": "webgl", "frames_a_second": 24.5, "complaints": [],
        "requests": ["file"],
    }  # fmt: skip
    return {
        "kind": "explore_pages", "images": 10_000, "library": "Bokeh 3",
        "library_bytes": 1_250_000, "pages": {"mnist": page | seen, "cifar": page | {
            "not_seen": "there is no browser", "data": "cifar.npy"}}, **ORIGIN,
    }  # fmt: skip
