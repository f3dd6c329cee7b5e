"""One large photograph by itself: the file as it is, cut into tiles, and other formats; as JSON.

    python bench/one_photograph.py build/data/astronaut.npy > bench/results/one-photograph.json

For each way: bytes, images that were stored, and the seconds that decoding is thought to take, as
`decompress` announces them. `whole` is what `compress` does unasked; `never` is `--stored never`; a
number is the side of tiles, of which those at the right and the bottom may be smaller: a mixed set,
as from a folder of the tiles.
"""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rival_codecs import RIVALS, measure
from rival_data import load

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions
from acncodec.codec.compress_set import compress_set
from acncodec.codec.demand import demand_of
from acncodec.container import read_header
from acncodec.images import mixed_from_arrays
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_for_data

SIDES = (256, 128, 64, 32)
Pixels = NDArray[np.uint8]


def cut(photograph: Pixels, side: int) -> list[Pixels]:
    """All of a photograph (H, W, C) in tiles of up to `side` rows and columns, row by row."""
    height, width = photograph.shape[:2]
    return [
        np.ascontiguousarray(photograph[row : row + side, column : column + side])
        for row in range(0, height, side)
        for column in range(0, width, side)
    ]


def coded(images: list[Pixels], model: FrozenModel, stored: str = "auto") -> dict[str, Any]:
    """What a file of some images takes, their order kept."""
    alike = len({image.shape for image in images}) == 1
    data = recognise({"x": np.stack(images)}) if alike else mixed_from_arrays(images)
    file = io.BytesIO()
    stats = compress_set(data, [model], CompressOptions("keep", stored=stored), file)
    nbytes = len(file.getvalue())
    demand = demand_of(read_header(file).header, nbytes, [model] if stats.model else [])
    return {
        "images": len(images), "bytes": nbytes, "stored_images": stats.stored_images,
        "expected_decompress_seconds": round(demand.work.seconds(), 3),
    }  # fmt: skip


def ways(photograph: Pixels, model: FrozenModel, sides: tuple[int, ...]) -> dict[str, Any]:
    """Each way by its name."""
    return {
        "whole": coded([photograph], model),
        "never": coded([photograph], model, "never"),
        **{str(side): coded(cut(photograph, side), model) for side in sides},
    }


def rivals(pixels: Pixels, levels: int) -> dict[str, int]:
    """Bytes of the photograph (1, H, W, C) by each format of pictures, the smallest first."""
    found = {}
    for rival in RIVALS:
        if rival.layouts and rival.refusal(pixels.shape[3], levels) is None:
            row = measure(rival, "single", pixels, levels)
            if "bytes" in row:
                found[rival.name] = row["bytes"]
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help=".npy of one image, (1, H, W, C)")
    parser.add_argument("--sides", type=int, nargs="*", default=SIDES)
    options = parser.parse_args()
    data = load(options.data)
    (photograph,) = data.pixels
    height, width, channels = photograph.shape
    model = find_for_data((channels, height, width), data.levels)
    result = {
        "data": options.data.name,
        "shape": [height, width, channels],
        "pixels_sha256": data.sha256,
        "raw_bytes": data.packed_bytes,
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "others": rivals(data.pixels, data.levels),
        "ways": ways(photograph, model, tuple(options.sides)),
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
