"""Writes the golden files of a new format version; never touches those of an old one.

`python tests/golden/make.py VERSION` from the root of the project, once for each version.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

CASES = {
    "keep-iid": ("keep", "iid"),
    "keep-tour": ("keep", "tour"),
    "any-tour": ("any", "tour"),
    "any-set": ("any", "set"),
}


def main() -> None:
    """Write model, arrays and one archive a case."""
    from tiny import blobs, frozen

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.images import load_dataset

    folder = HERE / f"v{int(sys.argv[1])}"
    folder.mkdir()
    model = frozen(seed=7)
    (folder / "model.safetensors").write_bytes(model.to_bytes())
    images = blobs(60, seed=7)[:, 0]
    images = np.concatenate([images, images[[3, 3, 9]]])
    np.savez_compressed(
        folder / "arrays.npz",
        x=images,
        y=np.arange(len(images), dtype=np.uint8) % 10,
        names=np.array(["golden", "file"]),
    )
    data = load_dataset(folder / "arrays.npz")
    for name, (order, ordering) in CASES.items():
        file = io.BytesIO()
        compress_dataset(data, model, CompressOptions(order, ordering, solver="greedy"), file)
        (folder / f"{name}.acn").write_bytes(file.getvalue())


if __name__ == "__main__":
    main()
