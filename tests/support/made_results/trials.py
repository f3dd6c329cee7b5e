"""Results of what was tried and what was refused."""

from __future__ import annotations

from typing import Any

from made_results.origin import MODEL, ORIGIN


def trials(kind: str) -> dict[str, Any]:
    """Cases tried, of the kind `fuzz` or `faults`."""
    rows = [
        {"name": "one byte changed", "cases": 1000, "failures": 0, "expected": "an error"},
        {"name": "file cut short", "cases": 500, "failures": 1, "seconds": 60.0},
    ]
    return {"kind": kind, **MODEL, "rows": rows, **ORIGIN}


def refusals() -> dict[str, Any]:
    """A result of bench/refusals.py."""
    row = {
        "name": "a zip of a million members", "command": "compress", "file_bytes": 51_000_000,
        "refusal_seconds": 0.03, "command_seconds": 1.5, "left_behind": [], "message": "too many",
    }  # fmt: skip
    return {"kind": "refusals", "slowest_seconds": 0.03, "rows": [row], **ORIGIN}
