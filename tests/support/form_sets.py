"""Sets of arrays whose images are given back in another form (docs/FORMAT.md, 3.2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from level_sets import level_array
from numpy.typing import NDArray

from acncodec_cli.main import run

Arrays = dict[str, NDArray[Any]]


def grey(count: int, seed: int) -> NDArray[np.int64]:
    return level_array("grey", count, seed).astype(np.int64)


def splits() -> Arrays:
    """Two splits, whose labels go with them, an array of one split alone and a note."""
    train, test = grey(20, 7).astype(np.uint8), grey(9, 8).astype(np.uint8)
    test[3] = train[5]
    return {
        "x_train": train, "y_train": (train.sum((1, 2)) % 3).astype(np.uint8),
        "note": np.array(["golden", "splits"]), "weights_test": np.arange(9) / 7, "x_test": test,
        "y_test": (test.sum((1, 2)) % 3).astype(np.uint8),
    }  # fmt: skip


def floats() -> Arrays:
    """Two splits of 255ths."""
    train, test = (grey(count, count) / np.float32(255) for count in (16, 8))
    return {
        "y_test": np.arange(8) % 3, "x_train": train.astype(np.float32),
        "x_test": test.astype(np.float32),
    }  # fmt: skip


def integers() -> Arrays:
    """Signed integers about 0."""
    return {"x": (grey(20, 9) - 300).astype(np.int16), "y": np.arange(20) % 4}


def table() -> Arrays:
    """Few large integers that are far from one another, the higher bytes first."""
    values = np.sort(np.random.default_rng(9).choice(2**50, 60, replace=False)) - 2**49
    return {"x": values[grey(20, 10) % 60].astype(">i8"), "y": np.arange(20) % 4}


def rows() -> Arrays:
    """Images as rows of floats."""
    square = level_array("deep", 20, 11, height=6, width=6)
    return {"x": square.reshape(20, 36) / np.float64(65_535), "y": np.arange(20) % 4}


ARRAYS = {
    "splits": splits, "floats": floats, "integers": integers, "table": table, "rows": rows,
}  # fmt: skip


def compress(source: Path, archive: Path, model: Path, order: str, ordering: str) -> None:
    """An archive of such arrays, by the command line."""
    layout = "6x6" if source.stem.endswith("rows") else "nhw"
    command(
        "compress", str(source), str(archive), "--model", str(model), "--order", order,
        "--ordering", ordering, "--stored", "never", "--layout", layout,
    )  # fmt: skip


def decompress(archive: Path, model: Path, out: Path) -> Arrays:
    """The arrays of an archive, by the command line; `out`: an .npz that is written."""
    command("decompress", str(archive), str(out), "--model", str(model), "-f")
    with np.load(out) as file:
        return dict(file)


def command(*words: str) -> None:
    if run([*words, "-q"]):
        raise RuntimeError(" ".join(words))
