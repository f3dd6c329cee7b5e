"""The measured table of images of many levels, beside the best of the other compressors."""

from __future__ import annotations

import math
from typing import Any

from committed import RESULTS, load

NAMES = {
    "fashion-mnist-test": "Fashion-MNIST, test, 10,000 of 28x28",
    "digits8-test": "digits of 8x8 and 17 levels, test, 297",
    "cifar10-test": "CIFAR-10, test, 10,000 of 32x32, RGB",
}
"""Sets that are measured, if their results are there."""


def _best(name: str) -> dict[str, Any]:
    """The smallest other compressor on a set."""
    rows: list[dict[str, Any]] = load(f"rivals/{name}.json")["rows"]
    return min(rows, key=lambda row: int(row["bytes"]))


def levels() -> str:
    """Bound and file of each set, and the best rival's."""
    columns = (
        "images", "bound, bits/dim", "file, bits/dim", "file over bound", "file, bytes",
        "best other compressor", "its bytes", "ratio",
    )  # fmt: skip
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for name, title in NAMES.items():
        if not (RESULTS / f"levels/{name}.json").exists():
            continue
        ours, best = load(f"levels/{name}.json"), _best(name)
        row = min(ours["orderings"].values(), key=lambda each: int(each["file_bytes"]))
        dims = best["bits_per_image"] / best["bits_per_dim"]
        bound, file = (row[key] / math.log(2) / dims for key in ("bound_nats", "file_nats"))
        lines.append(
            f"| {title} | {bound:.4f} | {file:.4f} | {100 * row['file_over_bound']:+.2f} % "
            f"| **{row['file_bytes']:,}** | {best['name']}, {best['layout']} | {best['bytes']:,} "
            f"| **{row['file_bytes'] / best['bytes']:.3f}** |"
        )
    return "\n".join(lines)
