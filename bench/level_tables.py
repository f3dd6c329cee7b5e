"""The measured tables of sets of images, beside the best of the other compressors."""

from __future__ import annotations

import math
from typing import Any

from committed import RESULTS, load
from picture_tables import MISSING

NAMES = {
    "fashion-mnist-test": ("Fashion-MNIST, test, 10,000 of 28x28", 28 * 28),
    "digits8-test": ("digits of 8x8 and 17 levels, test, 297", 8 * 8),
    "cifar10-test": ("CIFAR-10, test, 10,000 of 32x32, colour", 3 * 32 * 32),
    "crawl-tiles-test": ("sprites, test, 500 of 32x32, colour", 3 * 32 * 32),
    "quickdraw-test": ("doodles, test, 600 of 28x28", 28 * 28),
    "omniglot-test": ("Omniglot, test, 2,120 of 105x105, two levels", 105 * 105),
}
"""Sets that are measured, if their results are there, and the samples of an image."""
PHOTOGRAPHS = [
    ("photographs in tiles of 64x64, colour, 210", "photographs-rgb"),
    ("photographs in tiles of 64x64, grey, 304", "photographs-grey"),
]
"""Sets that no model saw anything like, measured beside the others in one run."""


def _best(name: str) -> dict[str, Any] | None:
    """The smallest other compressor on a set, where they were measured."""
    rows = [row for row in _rows(name) if not _is_ours(row)]
    return min(rows, key=lambda row: int(row["bytes"])) if rows else None


def _beside(best: dict[str, Any] | None, nbytes: int) -> list[str]:
    """The cells of the other compressor, and of the ratio to it."""
    if best is None:
        return ["not measured", "", ""]
    ratio = nbytes / best["bytes"]
    return [f"{best['name']}, {best['layout']}", f"{best['bytes']:,}", f"**{ratio:.3f}**"]


def _rows(name: str) -> list[dict[str, Any]]:
    """The rows of a set: other compressors, and `acncodec` as it is used unasked."""
    names = (f"rivals/{name}.json", f"rivals/{name}-ours.json")
    there = [one for one in names if (RESULTS / one).exists()]
    return [row for one in there for row in load(one)["rows"]]


def _set(title: str, name: str) -> tuple[float, str] | None:
    """The line of a set and the ratio to the best other compressor; None where one is missing."""
    path = f"rivals/{name}.json" if name else "rivals.json"
    alone = (RESULTS / f"levels/{name}.json").exists()
    rows = _rows(name) if name else [*load(path)["rows"], *_rows("mnist-binary-test")]
    ours = [(int(row["bytes"]), row["layout"]) for row in rows if _is_ours(row)]
    others = [row for row in rows if not _is_ours(row)]
    if alone:
        orderings = load(f"levels/{name}.json")["orderings"].items()
        ours += [(int(row["file_bytes"]), ordering) for ordering, row in orderings]
    if not ours or not others:
        return None
    nbytes, layout = min(ours)
    best = min(others, key=lambda row: int(row["bytes"]))
    model = load(f"levels/{name}.json" if alone else path)["model"]
    cells = (
        title, f"{load(path)['raw_bytes']:,}", f"{best['name']}, {best['layout']}",
        f"{best['bytes']:,}", f"**{nbytes:,}**", f"**{nbytes / best['bytes']:.3f}**",
        f"`{model}`, others stored" if "stored" in layout else f"`{model}`",
    )  # fmt: skip
    return nbytes / best["bytes"], "| " + " | ".join(cells) + " |"


def _is_ours(row: dict[str, Any]) -> bool:
    return str(row["name"]).startswith("acncodec")


def sets() -> str:
    """The file of every set beside the best rival's and its packed pixels, smallest ratio first."""
    named = [("MNIST, binarised, test, 10,000 of 28x28", "")]
    named += [(title, name) for name, (title, _) in NAMES.items()]
    named += PHOTOGRAPHS
    lines = [found for title, name in named if (found := _set(title, name)) is not None]
    columns = (
        "a set of images", "pixels, packed", "best other compressor", "its bytes", "**acncodec**",
        "ratio", "model",
    )  # fmt: skip
    head = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return "\n".join([*head, *(line for _, line in sorted(lines))])


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


DECODERS = {"any-size": "any size: masked windows, 1x1 layers", "gated": "gated, of two stacks"}


def decoders() -> str:
    """The two decoders of images of many levels, trained for as long."""
    if not (RESULTS / "decoders.json").exists():
        return MISSING
    result = load("decoders.json")
    threads = [row["threads"] for row in next(iter(result["decoders"].values()))["milliseconds"]]
    heads = (
        "decoder", "weights", "steps", "bound, bits/dim", "file, bits/dim",
        *(f"off the stack, ms/image, threads: {count}" for count in threads),
    )  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for name, row in result["decoders"].items():
        times = (f"{each['pop']:.2f}" for each in row["milliseconds"])
        lines.append(
            f"| {DECODERS[name]} (`{row['preset']}`) | {row['parameters']:,} | {row['steps']:,} "
            f"| {row['float_bits_per_dim']:.4f} | **{row['file_bits_per_dim']:.4f}** "
            f"| {' | '.join(times)} |"
        )
    height, width = result["shape"][1:]
    minutes = next(iter(result["decoders"].values()))["minutes"]
    sentence = (
        f"{result['held']:,} held-back images of {height}x{width}; each network was trained for"
        f" {minutes:g} minutes on one thread."
    )
    return "\n".join([*lines, "", sentence])
