"""The measured tables of photographs, of many shapes, and of sets that a net never saw."""

from __future__ import annotations

from typing import Any

from committed import RESULTS, load

KINDS = {"rgb": "in colour", "grey": "grey"}
MISSING = "Not measured yet."
SETS = {
    "omniglot_train.npy": "Omniglot, two levels",
    "quickdraw_train.npy": "doodles",
    "fashion_train.npy": "Fashion-MNIST",
    "cifar_green_train.npy": "photographs, green of CIFAR-10",
    "digits8_train.npy": "digits of 17 levels",
}


def _missing(*names: str) -> bool:
    """Whether some result is not there."""
    return not all((RESULTS / name).exists() for name in names)


def table_row(*cells: str) -> str:
    """A line of a table."""
    return "| " + " | ".join(cells) + " |"


def table_head(*cells: str) -> list[str]:
    """The first two lines of a table."""
    return [table_row(*cells), "|---" * len(cells) + "|"]


def photographs() -> str:
    """Photographs in tiles: ours beside the smallest of the others."""
    names = {kind: f"rivals/photographs-{kind}.json" for kind in KINDS}
    if _missing(*names.values()):
        return MISSING
    lines = table_head(
        "photographs in tiles of 64x64", "model", "stored", "file, bytes", "bits/dim",
        "smallest of the others", "its bytes", "ratio",
    )  # fmt: skip
    for kind, words in KINDS.items():
        result = load(names[kind])
        rows: list[dict[str, Any]] = sorted(result["rows"], key=lambda row: int(row["bytes"]))
        ours = next(row for row in rows if row["name"].startswith("acncodec"))
        best = next(row for row in rows if not row["name"].startswith("acncodec"))
        lines.append(
            table_row(
                f"{result['images']:,}, {words}", f"`{result['model']}`",
                "some" if "stored" in ours["layout"] else "none", f"**{ours['bytes']:,}**",
                f"{ours['bits_per_dim']:.3f}", f"{best['name']}, {best['layout']}",
                f"{best['bytes']:,}", f"**{ours['bytes'] / best['bytes']:.3f}**",
            )
        )  # fmt: skip
    return "\n".join(lines)


def photograph_files() -> str:
    """Where the tiles are from."""
    if _missing("photographs.json"):
        return MISSING
    result = load("photographs.json")
    lines = table_head("file", "licence, as the package states it", "size", "tiles", "8x8 blocks")
    for kind in KINDS:
        for row in result[kind]:
            lines.append(
                table_row(
                    f"`{row['file']}`", row["licence"], f"{row['height']}x{row['width']}",
                    str(row["tiles"]), f"{row['blockiness']:.2f}",
                )
            )  # fmt: skip
    return "\n".join(lines)


def one_photograph() -> str:
    """One large photograph, as it is and in tiles, beside formats of pictures."""
    if _missing("one-photograph.json"):
        return MISSING
    result = load("one-photograph.json")
    lines = table_head("one photograph of 512x512", "bytes", "of WebP", "decoding, about")
    webp = next(size for name, size in result["others"].items() if name.startswith("WebP"))
    named = {"whole": "as it is", "never": "as it is, `--stored never`"}
    for name, way in result["ways"].items():
        words = named.get(name, f"in {way['images']:,} tiles of {name}x{name}")
        if way["stored_images"]:
            words += f", {way['stored_images']:,} stored"
        lines.append(
            table_row(
                words, f"{way['bytes']:,}", f"{way['bytes'] / webp:.3f}",
                f"{way['expected_decompress_seconds']:.0f} s",
            )
        )  # fmt: skip
    for name, nbytes in result["others"].items():
        lines.append(table_row(name, f"{nbytes:,}", f"{nbytes / webp:.3f}", ""))
    return "\n".join(lines)


def many_shapes() -> str:
    """What shapes cost."""
    if _missing("many-shapes.json"):
        return MISSING
    result = load("many-shapes.json")
    found, ratios = result["sets"], result["ratios"]
    lines = table_head("pictures", "shapes", "pixels", "file, bytes")
    for row in (found["one"], found["many"]):
        lines.append(
            table_row(
                f"{row['images']:,}", f"{row['shapes']:,}", f"{row['samples']:,}",
                f"{row['file_bytes']:,}",
            )
        )  # fmt: skip
    words = (
        f"A pixel of many shapes took {ratios['compress']:.2f} times as long to compress as one"
        f" of a single shape, and {ratios['decompress']:.2f} times as long to decompress; a"
        f" shape took {ratios['bytes_a_shape']:.1f} bytes."
    )
    return "\n".join([*lines, "", words])


def left_out() -> str:
    """What generalisation costs."""
    if _missing("leave-one-out.json"):
        return MISSING
    result = load("leave-one-out.json")
    lines = table_head(
        "set", "bits/dim by the net that saw it", "by one that did not", "more",
        "the others gained",
    )  # fmt: skip
    for file, row in result["left_out"].items():
        lines.append(
            table_row(
                SETS[file], f"{row['seen']:.3f}", f"{row['unseen']:.3f}",
                f"**{row['cost_percent']:+.1f} %**", f"{row['gain_of_others_percent']:+.1f} %",
            )
        )  # fmt: skip
    return "\n".join(lines)
