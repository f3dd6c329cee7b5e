"""`set` against `urn` by real files, on data like the training data and on data unlike it.

`python bench/urn.py > bench/results/urn.json` codes the first of the bundled test images: as they
are, with black and white exchanged, turned by 90 degrees, and with thickened strokes. With
`--digit D --model MODEL` it codes the images of that digit and as many of others;
`bench/without_digit.py` says how to train a model that never saw it. Every file is decoded and
compared.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import binary_dilation

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.data import bundled
from acncodec.images import DataSet, ImageSpec
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path, find_for_data
from acncodec.run.settings import Run

SPEC = ImageSpec("x", "uint8", "nhw", (0, 1))
Pixels = np.ndarray


def inverted(x: Pixels) -> Pixels:
    """White on black becomes black on white."""
    return 1 - x


def rotated(x: Pixels) -> Pixels:
    """A quarter turn, counter-clockwise."""
    return np.ascontiguousarray(np.rot90(x, axes=(-2, -1)))


def thickened(x: Pixels) -> Pixels:
    """Strokes wider by one pixel on every side."""
    return np.stack([binary_dilation(image) for image in x[:, 0]])[:, None].astype(np.uint8)


def cases(digit: int | None, count: int) -> dict[str, Pixels]:
    """What is coded, uint8 (n, 1, 28, 28) each, by its name."""
    with np.load(bundled()) as arrays:
        x, y = arrays["x"][:, None], arrays["y"]
    if digit is not None:
        unseen, others = x[y == digit], x[y != digit]
        return {f"digit {digit}": unseen[:count], "other digits": others[: len(unseen[:count])]}
    x = x[:count]
    return {"test images": x} | {
        shift.__name__: shift(x) for shift in (inverted, rotated, thickened)
    }


def measure(name: str, pixels: Pixels, model: FrozenModel, threads: int) -> dict[str, Any]:
    """Both strategies' files of the same images, nats an image."""
    data = DataSet(pixels, SPEC)
    row: dict[str, Any] = {"data": name, "images": len(pixels)}
    for ordering in ("set", "urn"):
        file = io.BytesIO()
        stats = compress_dataset(
            data, model, CompressOptions("any", ordering, threads=threads), file
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "urn.acn"
            path.write_bytes(file.getvalue())
            with Reader(path, [model], Run(threads)) as archive:
                back = archive.read()
        row[f"{ordering}_kl_nats"] = stats.kl_nats_per_image
        row[f"{ordering}_file_nats"] = stats.nats_per_image
        row[f"{ordering}_file_bytes"] = stats.file_bytes
        row[f"{ordering}_restored_exactly"] = same_data(data, back, "any")
        row["distinct"] = stats.distinct
        row |= {"alpha": stats.alpha, "kernel": stats.kernel}  # those of the urn, which is last
    return row


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", metavar="NAME|PATH")
    parser.add_argument("--digit", type=int, choices=range(10), help="code this digit's images")
    parser.add_argument("--images", type=int, default=2000, help="at most, of each kind")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    model = find_by_name_or_path(options.model) if options.model else find_for_data((1, 28, 28), 2)
    rows = [
        measure(name, pixels, model, options.threads)
        for name, pixels in cases(options.digit, options.images).items()
    ]
    result = {"kind": "urn", "model": model.name, "model_sha256": model.model_id.hex()}
    print(json.dumps(result | {"rows": rows} | provenance(), indent=2))


if __name__ == "__main__":
    main()
