"""Writes the golden files of a new format version; never touches those of an old one.

`python tests/golden/make.py VERSION` from the root of the project, once for each version. Tours
are greedy ones: which tour a writer takes is its own affair and may change.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

CASES = {
    1: {
        "keep-iid": ("acn", "keep", "iid", "ans"),
        "keep-tour": ("acn", "keep", "tour", "ans"),
        "any-tour": ("acn", "any", "tour", "ans"),
        "any-set": ("acn", "any", "set", "ans"),
    },
    2: {
        "keep-iid-labels": ("acn", "keep", "iid", "ans"),
        "any-urn": ("acn", "any", "urn", "ans"),
        "any-set-pixelcnn": ("pixelcnn", "any", "set", "ans"),
        "any-set-vae": ("vae", "any", "set", "ans"),
        "keep-iid-pixelvae": ("pixelvae", "keep", "iid", "ans"),
        "any-set-torchac": ("acn", "any", "set", "torchac"),
        "keep-tour-torchac": ("acn", "keep", "tour", "torchac"),
    },
}
"""By version and name: the kind of model, the order, the ordering, the coder."""


def arrays(version: int) -> dict[str, np.ndarray]:
    """What the files of a version were made of: images with repeats, labels, names."""
    from tiny import blobs

    images = blobs(60 if version == 1 else 200, seed=7)[:, 0]
    images = np.concatenate([images, images[[3, 3, 9]]])
    # From version 2 on labels follow the images, so that they are coded given them.
    sums = images.sum((1, 2))
    labels = np.arange(len(images)) % 10 if version == 1 else sums // 16
    return {"x": images, "y": labels.astype(np.uint8), "names": np.array(["golden", "file"])}


def main() -> None:
    """Write models, arrays and one archive a case."""
    from tiny import frozen

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.images import load_dataset

    version = int(sys.argv[1])
    folder = HERE / f"v{version}"
    folder.mkdir()
    np.savez_compressed(folder / "arrays.npz", **arrays(version))
    data = load_dataset(folder / "arrays.npz")
    for name, (kind, order, ordering, coder) in CASES[version].items():
        model = frozen(seed=7, kind=kind)
        stem = "model" if kind == "acn" else f"model-{kind}"
        (folder / f"{stem}.safetensors").write_bytes(model.to_bytes())
        file = io.BytesIO()
        options = CompressOptions(order, ordering, solver="greedy", coder=coder)
        compress_dataset(data, model, options, file)
        (folder / f"{name}.acn").write_bytes(file.getvalue())


if __name__ == "__main__":
    main()
