"""The measured tables of sets of images, beside the best of the other compressors."""

from __future__ import annotations

import math
from typing import Any

from committed import RESULTS, load

NAMES = {
    "fashion-mnist-test": ("Fashion-MNIST, test, 10,000 of 28x28", 28 * 28),
    "digits8-test": ("digits of 8x8 and 17 levels, test, 297", 8 * 8),
    "cifar10-test": ("CIFAR-10, test, 10,000 of 32x32, colour", 3 * 32 * 32),
    "crawl-tiles-test": ("sprites, test, 500 of 32x32, colour", 3 * 32 * 32),
    "quickdraw-test": ("doodles, test, 600 of 28x28", 28 * 28),
    "omniglot-test": ("Omniglot, test, 2,120 of 105x105, two levels", 105 * 105),
}
"""Sets that are measured, if their results are there, and the samples of an image."""


def _best(name: str) -> dict[str, Any] | None:
    """The smallest other compressor on a set, where they were measured."""
    if not (RESULTS / f"rivals/{name}.json").exists():
        return None
    rows: list[dict[str, Any]] = load(f"rivals/{name}.json")["rows"]
    return min(rows, key=lambda row: int(row["bytes"]))


def _beside(best: dict[str, Any] | None, nbytes: int) -> list[str]:
    """The cells of the other compressor, and of the ratio to it."""
    if best is None:
        return ["not measured", "", ""]
    ratio = nbytes / best["bytes"]
    return [f"{best['name']}, {best['layout']}", f"{best['bytes']:,}", f"**{ratio:.3f}**"]


def sets() -> str:
    """The file of every set beside the best rival's and its packed pixels, smallest ratio first."""
    digits = load("rivals.json")
    ours = next(row for row in digits["rows"] if row["name"].startswith("acncodec"))
    rivals = [row for row in digits["rows"] if not row["name"].startswith("acncodec")]
    rows = [
        (
            "MNIST, binarised, test, 10,000 of 28x28", digits["model"], digits["raw_bytes"],
            ours["bytes"], min(rivals, key=lambda row: int(row["bytes"])),
        )
    ]  # fmt: skip
    for name, (title, _) in NAMES.items():
        best = _best(name)
        if best is None or not (RESULTS / f"levels/{name}.json").exists():
            continue
        result = load(f"levels/{name}.json")
        nbytes = min(int(row["file_bytes"]) for row in result["orderings"].values())
        raw = load(f"rivals/{name}.json")["raw_bytes"]
        rows.append((title, result["model"], raw, nbytes, best))
    columns = (
        "a set of images", "pixels, packed", "best other compressor", "its bytes", "**acncodec**",
        "ratio", "model",
    )  # fmt: skip
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for title, model, raw, nbytes, best in sorted(rows, key=lambda row: row[3] / row[4]["bytes"]):
        lines.append(
            f"| {title} | {raw:,} | {best['name']}, {best['layout']} | {best['bytes']:,} "
            f"| **{nbytes:,}** | **{nbytes / best['bytes']:.3f}** | `{model}` |"
        )
    return "\n".join(lines)


def levels() -> str:
    """Bound and file of each set, and the best rival's."""
    columns = (
        "images", "model", "bound, bits/dim", "file, bits/dim", "file over bound", "file, bytes",
        "best other compressor", "its bytes", "ratio",
    )  # fmt: skip
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for name, (title, dims) in NAMES.items():
        if not (RESULTS / f"levels/{name}.json").exists():
            continue
        ours = load(f"levels/{name}.json")
        row = min(ours["orderings"].values(), key=lambda each: int(each["file_bytes"]))
        bound, file = (row[key] / math.log(2) / dims for key in ("bound_nats", "file_nats"))
        cells = [
            title, f"`{ours['model']}`", f"{bound:.4f}", f"{file:.4f}",
            f"{100 * row['file_over_bound']:+.2f} %", f"**{row['file_bytes']:,}**",
            *_beside(_best(name), int(row["file_bytes"])),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
