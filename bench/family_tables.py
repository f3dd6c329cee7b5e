"""The measured table of the field's models, one data set after the other: Table 3 grown."""

from __future__ import annotations

from typing import Any

from committed import RESULTS, load

MISSING = "not measured"
PIXELS = ("pixels", "principal components")
SETS = {
    "mnist": (
        "binarised MNIST",
        (
            *PIXELS, "autoencoder", "aae", "style", "vae", "vqvae", "acn-vq", "pixelvae",
            "pixelcnn", "acn",
        ),
    ),
    "fashion-mnist": ("Fashion-MNIST", (*PIXELS, "vqvae", "acn-vq")),
    "cifar10": ("CIFAR-10", (*PIXELS, "vqvae")),
}  # fmt: skip
"""Results in the folder `families`, their data, and the rows that are to stand in each."""
NAMES = {
    "autoencoder": "AE", "aae": "AAE", "style": "style", "vae": "VAE", "vqvae": "VQ-VAE",
    "acn-vq": "ACN-VQ", "pixelvae": "PixelVAE", "pixelcnn": "PixelCNN (no code)", "acn": "ACN",
}  # fmt: skip
BINARY = 2
COLUMNS = (
    "dimensions", "linear", "5 nearest", "bound, nats", "**file, nats**", "bound, bits/dim",
    "**file, bits/dim**", "file over bound", "perplexity", "parameters", "multiply-adds", "steps",
    "minutes",
)  # fmt: skip
NATS = slice(3, 5)
"""The columns that are of binary images alone."""


def families() -> str:
    """A table for each data set."""
    return "\n\n".join(_table(name) for name in SETS)


def _table(name: str) -> str:
    """That of a data set; what is not there yet stands as not measured."""
    title, keys = SETS[name]
    path = f"families/{name}.json"
    result = load(path) if (RESULTS / path).exists() else {"rows": []}
    found: list[dict[str, Any]] = result["rows"]
    rows = [row for key in keys for row in _of(key, found)]
    rows += [row for row in found if row not in rows]
    several = len({row["levels"] for row in found}) > 1
    lines = [(_named(row, several), _cells(row) if "levels" in row else None) for row in rows]
    columns = [*range(len(COLUMNS))]
    if all(row["levels"] != BINARY for row in found):
        del columns[NATS]
    out = [[title, *(COLUMNS[at] for at in columns)], ["---"] * (len(columns) + 1)]
    for words, cells in lines:
        given = [MISSING] + [""] * (len(COLUMNS) - 1) if cells is None else cells
        out.append([words, *(given[at] for at in columns)])
    text = "\n".join("| " + " | ".join(line) + " |" for line in out)
    return f"{text}\n\n{_about(result)}" if found else text


def _of(key: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a family, or of pixels; where there are none, one that says so."""
    return [row for row in found if _key(row) == key] or [{"label": key, "family": key}]


def _key(row: dict[str, Any]) -> str:
    return str(row.get("family") or row["label"])


def _named(row: dict[str, Any], several: bool) -> str:
    """What a row is of; and of how many levels, where rows are of `several`."""
    name = NAMES.get(_key(row), _key(row))
    return f"{name}, {row['levels']} levels" if several and "levels" in row else name


def _cells(row: dict[str, Any]) -> list[str]:
    """A row, column by column."""
    book = row.get("codebook")
    macs = row.get("macs_per_image")
    bound = _shown(row, "bound_nats", "{:.2f}")
    if bound and row["bound_standard_error"] is not None:
        bound += f" ± {row['bound_standard_error']:.3f}"
    file, dense = _shown(row, "file_nats", "**{:.2f}**"), "{:.4f}"
    nats = [bound, file] if row["levels"] == BINARY else ["", ""]
    over = row.get("file_over_bound")
    return [
        _shown(row, "dimensions", "{:,}"), _shown(row, "linear_accuracy", "{:.1%}"),
        _shown(row, "knn_accuracy", "{:.1%}"), *nats, _shown(row, "bound_bits_per_dim", dense),
        _shown(row, "file_bits_per_dim", f"**{dense}**"),
        "" if over is None else f"{100 * over:+.2f} %",
        "" if book is None else f"{book['perplexity']:.0f} of {book['vectors']}",
        _shown(row, "parameters", "{:,}"), "" if macs is None else f"{macs / 1e6:,.1f} M",
        _shown(row, "steps", "{:,}"), _shown(row, "minutes", "{:.0f}"),
    ]  # fmt: skip


def _shown(row: dict[str, Any], name: str, form: str) -> str:
    value = row.get(name)
    return "" if value is None else form.format(value)


def _about(result: dict[str, Any]) -> str:
    """What classifiers learned from and were tried on, and what was priced."""
    return (
        f"Classifiers learned from {result['train_images']:,} images and were tried on "
        f"{result['images']:,} ({result['tried_on']}), of which {result['priced_images']:,} were "
        f"priced, each on {result['posterior_samples']} posterior samples, and compressed."
    )
