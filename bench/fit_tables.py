"""The measured tables of models that are fitted to a set, and of what a model takes in a file."""

from __future__ import annotations

from typing import Any

from committed import RESULTS, load
from picture_tables import MISSING, table_head, table_row

SETS = {
    "fashion-mnist": "Fashion-MNIST, all 70,000",
    "fashion-mnist-fast": "Fashion-MNIST, all 70,000",
    "fashion-mnist-slow": "Fashion-MNIST, all 70,000",
    "mnist-binary": "binarised MNIST, 70,000",
    "mnist-static-valid": "binarised MNIST, 10,000",
    "crawl-tiles-train": "sprites, 3,669",
    "quickdraw-train": "doodles, 2,400",
    "quickdraw-train-3": "doodles, 2,400",
    "cifar10-test": "CIFAR-10, test, 10,000",
    "cifar10-test-placed": "CIFAR-10, test, 10,000, told places",
    "cifar10-test-fast": "CIFAR-10, test, 10,000",
}
SPEEDS = {"fast": "`--fast`", "normal": "", "slow": "`--slow`"}


def fits() -> str:
    """A line for each file that was measured."""
    there = [name for name in SETS if (RESULTS / f"fits/{name}.json").exists()]
    if not there:
        return MISSING
    lines = table_head(
        "set, `--order any --embed-model`", "minutes, threads", "", "file, bytes",
        "of which the model", "bits a weight", "best other compressor", "**ratio**",
        "decompress, s, threads",
    )  # fmt: skip
    for name in there:
        result = load(f"fits/{name}.json")
        lines += [_fit(SETS[name], result, row) for row in result["rows"]]
    return "\n".join(lines)


def _fit(title: str, result: dict[str, Any], row: dict[str, Any]) -> str:
    best, bits = result["best_rival"], row["bits_a_weight"]
    taken = row["decompress_seconds"].items()
    return table_row(
        title, f"{result['minutes']:g}, {result['threads']}", SPEEDS[row["speed"]],
        f"{row['file_bytes']:,}",
        f"{row['model_bytes']:,}", "-" if bits is None else f"{bits:.2f}",
        "not measured" if best is None else f"{best['bytes']:,} ({best['name']})",
        "" if best is None else f"**{row['ratio']:.3f}**",
        ", ".join(f"{seconds:.1f} ({threads})" for threads, seconds in taken),
    )  # fmt: skip


def coded_model() -> str:
    """Size of a coded model against what its rounding costs."""
    found = load("coded-models.json")
    lines = table_head("coarseness", "bytes", "bits a weight", "pixels cost more")
    whole = f"{found['unrounded_bytes']:,}", f"{found['unrounded_bits_a_weight']:.2f}"
    lines.append(table_row("not rounded", *whole, "-"))
    for row in found["rows"]:
        lines.append(
            table_row(
                f"{row['coarseness']:g}",
                f"{row['model_bytes']:,}",
                f"{row['bits_a_weight']:.2f}",
                f"{row['loss_percent']:.3f} %",
            )
        )
    notes = f"{found['weights']:,} weights, {found['images']:,} images of Fashion-MNIST."
    return "\n".join([*lines, "", notes])


def fit_sizes() -> str:
    """Files by networks of several sizes, and what decoding them takes, for each set that was
    tried."""
    blocks = []
    for path in sorted((RESULTS / "fit-sizes").glob("*.json")):
        found = load(f"fit-sizes/{path.name}")
        smallest = min(row["file_bytes"] for row in found["rows"])
        title = SETS.get(path.stem, path.stem)
        lines = table_head(
            title, "file, bytes", "model", "bytes by xz a weight", "steps", "images stored",
            "decompress, s, threads",
        )  # fmt: skip
        for row in found["rows"]:
            best = "**" if row["file_bytes"] == smallest else ""
            taken, stored = row.get("decompress_seconds", {}).items(), row.get("stored_images")
            lines.append(
                table_row(
                    f"{row['weights']:,} weights", f"{best}{row['file_bytes']:,}{best}",
                    f"{row['model_bytes']:,}", f"{found['xz_bytes'] / row['weights']:.1f}",
                    f"{row['steps']:,}", "-" if stored is None else f"{stored:,}",
                    ", ".join(f"{seconds:.1f} ({threads})" for threads, seconds in taken) or "-",
                )
            )  # fmt: skip
        note = f"{found['minutes']:g} minutes each on {found['threads']} thread(s)."
        blocks.append("\n".join([*lines, "", note]))
    return "\n\n".join(blocks) or MISSING


def fit_choices() -> str:
    """Files of fits with other settings, for each set that was tried."""
    blocks = []
    for path in sorted((RESULTS / "fit-choices").glob("*.json")):
        found = load(f"fit-choices/{path.name}")
        smallest = min(row["file_bytes"] for row in found["rows"])
        title = SETS.get(path.stem, path.stem)
        lines = table_head(title, "file, bytes", "model", "weights", "bits a weight", "steps")
        for row in found["rows"]:
            best = "**" if row["file_bytes"] == smallest else ""
            settings = row["settings"].split()
            lines.append(
                table_row(
                    ", ".join(f"`{one}`" for one in settings) or "as it is",
                    f"{best}{row['file_bytes']:,}{best}", f"{row['model_bytes']:,}",
                    f"{row['weights']:,}", f"{row['bits_a_weight']:.2f}", f"{row['steps']:,}",
                )
            )  # fmt: skip
        begun = f", begun with the weights of `{found['start']}`" if found["start"] else ""
        note = f"{found['minutes']:g} minutes each on {found['threads']} thread(s){begun}."
        blocks.append("\n".join([*lines, "", note]))
    return "\n\n".join(blocks) or MISSING


def fit_few() -> str:
    """Few pictures without and with a fit."""
    return _without_and_with("fit-few.json")


def fit_untuned() -> str:
    """Sets by which nothing was chosen, without and with a fit."""
    return _without_and_with("fit-untuned.json")


def _without_and_with(result: str) -> str:
    if not (RESULTS / result).exists():
        return MISSING
    found = load(result)
    lying = any("files_bytes" in row for row in found["rows"])
    lines = table_head(
        "pictures", *(["their files as they lie, bytes"] if lying else []),
        "without `--fit`, bytes", "with it", "kept", "tried, bytes",
    )  # fmt: skip
    for row in found["rows"]:
        tried = (f"{name}: {size:,}" for name, size in row["candidates"].items())
        kept = "all stored" if row["stored_images"] == row["images"] else row["kept"]
        files = f"{row['files_bytes']:,}" if "files_bytes" in row else "-"
        lines.append(
            table_row(
                f"{row['images']:,} of {row['data'].removesuffix('.npy')}",
                *([files] if lying else []),
                f"{row['without_bytes']:,}", f"**{row['file_bytes']:,}**", kept,
                "; ".join(tried),
            )
        )  # fmt: skip
    note = f"{found['minutes']:g} minutes each on {found['threads']} thread(s)."
    return "\n".join([*lines, "", note])


def train_choices() -> str:
    """What held-back images take by models trained with other settings, for each set tried."""
    blocks = []
    for path in sorted((RESULTS / "train-choices").glob("*.json")):
        found = load(f"train-choices/{path.name}")
        least = min(row["bits_per_dim"] for row in found["rows"])
        title = f"{found['data'].removesuffix('.npy')}, {found['images']:,} images"
        lines = table_head(title, "bits/dim held back", "at the last checkpoint", "steps")
        for row in found["rows"]:
            best = "**" if row["bits_per_dim"] == least else ""
            settings = ", ".join(f"`{one}`" for one in row["settings"].split()) or "as it is"
            lines.append(
                table_row(
                    settings, f"{best}{row['bits_per_dim']:.4f}{best}",
                    f"{row['last_bits_per_dim']:.4f}", f"{row['steps']:,}",
                )
            )  # fmt: skip
        note = (
            f"{found['minutes']:g} minutes each on one thread, {found['rows'][0]['parameters']:,}"
        )
        blocks.append("\n".join([*lines, "", f"{note} parameters."]))
    return "\n\n".join(blocks) or MISSING


def hidden_features() -> str:
    """The share of hidden features that live, by Muon's rate."""
    if not (RESULTS / "hidden-features.json").exists():
        return MISSING
    found = load("hidden-features.json")
    lines = table_head(
        "weights", "Muon's rate", "live", "in the block where fewest do", "bits/dim of the steps"
    )
    for row in found["rows"]:
        lines.append(
            table_row(
                f"{row['weights']:,}", f"{row['matrix_rate']:g}", f"{100 * row['live']:.0f} %",
                f"{100 * row['least_live']:.0f} %", f"{row['bits_per_dim']:.3f}",
            )
        )  # fmt: skip
    title = SETS.get(found["data"].removesuffix(".npy"), found["data"].removesuffix(".npy"))
    return "\n".join([*lines, "", f"{title}; after {found['steps']:,} steps."])
