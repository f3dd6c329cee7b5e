"""Results of time and memory."""

from __future__ import annotations

from typing import Any

from made_results.origin import MODEL, ORIGIN


def speed(**more: Any) -> dict[str, Any]:
    """A result of bench/speed.py."""
    costs = {"compress": {"seconds": 50.0, "peak_mib": 600}, "decompress": {"seconds": 40.0}}
    naive = {
        "naive_images": 2, "batch_images": 500, "naive_seconds_per_image": 10.0,
        "full_batch_seconds_per_image": 0.02, "naive_over_full_batch": 500.0,
    }  # fmt: skip
    return {
        "images": 10_000, **MODEL, "orderings": {"tour": costs}, "against_naive": naive, **ORIGIN,
        **more,
    }  # fmt: skip


def scale(**more: Any) -> dict[str, Any]:
    """A result of bench/scale.py."""
    row = {
        "images": 1000, "ordering": "set", "compress_seconds_per_image": 0.02,
        "decompress_seconds_per_image": 0.025, "ordering_share": 0.015, "compress_peak_mib": 700,
        "decompress_peak_mib": 650, "asked": "auto", "compress_start_seconds": 1.25,
        "decompress_start_seconds": 1.5,
    }  # fmt: skip
    shard = {
        "shards": 4, "images": 1000, "nats_per_image": 71.4, "theory_nats": 1.386294,
        "beyond_first_nats": 1.42, "one_image_decodes": 250,
    }  # fmt: skip
    stream = {
        "images": 5000, "data_mib": 4096, "shards": 64, "compress_peak_mib": 900,
        "decompress_peak_mib": 800,
    }  # fmt: skip
    return {
        "kind": "scale", "threads": 2, "rows": [row], "shards": [shard], "stream": stream, **MODEL,
        **more,
    }  # fmt: skip


def speed_trials() -> dict[str, Any]:
    """A result of bench/speed_trials.py."""
    row = {
        "rows": 3528, "inner": 496, "columns": 64, "float64_microseconds": 4300.0,
        "int8_limbs_microseconds": 940.4, "int8_limbs_joined_microseconds": 1670.0,
        "int16_pairs_microseconds": 520.0,
    }  # fmt: skip
    return {"kind": "speed_trials", "products": [row], **MODEL, **ORIGIN}


def level_speed() -> dict[str, Any]:
    """A result of bench/level_speed.py."""
    row = {
        "threads": 2, "compress_seconds": 23.0, "decompress_seconds": 25.0,
        "compress_start_seconds": 2.0, "decompress_start_seconds": 2.5, "compress_peak_mib": 1100,
        "decompress_peak_mib": 900, "milliseconds_an_image": {"compress": 2.1, "decompress": 2.25},
        "products": 1.5, "share_of_peak": {"compress": 0.714, "decompress": 0.667},
    }  # fmt: skip
    return {
        "kind": "level_speed", "images": 10_000, "shape": [32, 32, 3],
        "macs_per_image": 177_000_000, "rows": [row], **MODEL, **ORIGIN,
    }  # fmt: skip


def devices() -> dict[str, Any]:
    """A result of bench/devices.py."""
    row = {
        "device": "cpu", "batch": 256, "threads": 2, "sha256": "0" * 64,
        "images_a_second": {"compress": 800.0, "decompress": 750.5},
    }  # fmt: skip
    rates = {"compress": 2000.0, "decompress": 1600.0}
    other = row | {"device": "cuda", "batch": 1024, "threads": 1, "images_a_second": rates}
    return {
        "kind": "devices", "images": 10_000, "shape": [1, 28, 28], "rows": [row, other],
        **MODEL, **ORIGIN,
    }  # fmt: skip


def decoders() -> dict[str, Any]:
    """A result of bench/decoders.py."""
    times = {"threads": 2, "score": 0.5, "decode": 0.75, "push": 1.0, "pop": 1.25}
    row = {
        "preset": "grey-gated", "parameters": 53_231, "macs_per_image": 41_300_000,
        "float_bits_per_dim": 2.8, "file_bits_per_dim": 2.8125, "steps": 900, "minutes": 20.0,
        "milliseconds": [times],
    }  # fmt: skip
    rows = {"any-size": row | {"preset": "grey-small"}, "gated": row}
    return {
        "kind": "decoders", "data": "drawn.npy", "held": 1000, "timed": 256, "decoders": rows,
        **ORIGIN,
    }  # fmt: skip


def beside() -> dict[str, Any]:
    """A result of bench/speed_beside.py."""
    times = {"this_seconds": 9.5, "other_seconds": 10.0, "ratio": 0.95, "ratios": [0.94, 0.95, 1.0]}
    rows = [
        {"what": "decompress 10", "wall": times, "processor": times},
        {"what": "the archives are the same", "same": True},
    ]
    return {"pairs": 3, "other": "abcdef0", "rows": rows, **ORIGIN}
