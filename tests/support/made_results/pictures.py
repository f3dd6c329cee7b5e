"""Results of photographs and of sets of many shapes."""

from __future__ import annotations

from typing import Any

from made_results.origin import MODEL, ORIGIN


def one_photograph() -> dict[str, Any]:
    """A result of bench/one_photograph.py."""
    way = {"images": 1, "bytes": 300, "stored_images": 0, "expected_decompress_seconds": 4.5}
    ways = {"whole": way, "64": way | {"images": 4, "bytes": 310}}
    others = {"PNG": 400, "WebP": 305}
    return {"data": "a.npy", "raw_bytes": 900, **MODEL, "others": others, "ways": ways, **ORIGIN}


def photographs() -> dict[str, Any]:
    """A result of bench/photographs.py."""
    row = {
        "file": "a.png", "licence": "public domain", "height": 128, "width": 64, "tiles": 2,
        "blockiness": 1.01,
    }  # fmt: skip
    return {"tile": 64, "rgb": [row], "grey": [row | {"file": "b.png"}], **ORIGIN}


def many_shapes() -> dict[str, Any]:
    """A result of bench/many_shapes.py."""
    one = {
        "images": 300, "shapes": 1, "samples": 400_000, "stored_images": 0, "file_bytes": 90_000,
        "bytes_beside_pixels": 10.0, "compress_seconds": 2.0, "decompress_seconds": 1.0,
    }  # fmt: skip
    many = one | {"shapes": 300, "compress_seconds": 3.0}
    ratios = {"compress": 1.5, "decompress": 1.0, "bytes_a_shape": 4.25}
    return {"threads": 1, "sets": {"one": one, "many": many}, "ratios": ratios, **MODEL, **ORIGIN}


def left_out() -> dict[str, Any]:
    """A result of bench/leave_one_out.py."""
    found = {"seen": 2.5, "unseen": 3.0, "cost_percent": 20.0, "gain_of_others_percent": 1.5}
    rows = [{"left_out": None, "bits_per_dim": {"a.npy": 2.5}}]
    return {"steps": 900, "weights": 9000, "rows": rows, "left_out": {"a.npy": found}, **ORIGIN}
