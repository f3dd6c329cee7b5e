"""Results of shards on machines, and of images one by one."""

from __future__ import annotations

from typing import Any

from made_results.origin import MODEL, ORIGIN, SHA


def ray_beside(part: str = "beside", ways: tuple[str, ...] = ("here", "ray")) -> dict[str, Any]:
    """A part of bench/ray_beside.py."""
    rows = [
        {
            "way": way, "order": "any", "start_seconds": 12.25, "compress_seconds": 75.0 + at,
            "decompress_seconds": 77.0 if part == "beside" else None, "peak_mib": 400,
            "file_bytes": 800_000, "file_sha256": SHA,
        }
        for at, way in enumerate(ways)
    ]  # fmt: skip
    return {
        "kind": "ray_beside", "part": part, "images": 70_000, "shards": 14, "machines": 2,
        "data_mib": 52.3, "rows": rows, **ORIGIN,
    }  # fmt: skip


def random_access() -> dict[str, Any]:
    """A result of bench/random_access.py."""
    cold = {
        "shard_size": 16, "shards": 100, "first_seconds": 1.25, "median_milliseconds": 51.0,
        "largest_milliseconds": 64.0, "shard_milliseconds": 50.0,
    }  # fmt: skip
    return {
        "kind": "random_access", **MODEL, "images": 10_000, "shard_size": 1000, "batch": 64,
        "seconds": {"whole": 20.0, "batches": 21.0, "single": 25.0},
        "of_whole": {"whole": 1.0, "batches": 1.05, "single": 1.25},
        "workers": 2, "loaders": {"fork": 15.0, "spawn": 18.5}, "cold": cold, **ORIGIN,
    }  # fmt: skip
