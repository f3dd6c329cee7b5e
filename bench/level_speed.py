"""Time and memory of images of any levels, as a user types the commands, beside the products alone.

Run as `python bench/level_speed.py DATA > RESULT.json`; DATA is an .npy of images of one size, for
which a model of the family `causal-resnet` is bundled or given (`--model`). For each number of
threads `acncodec compress` and `decompress` run in processes of their own, with all images and with
the first 64: what those take is *start-up*, and no time of an image. `products` is what the model's
products alone take in as many threads, one layer after the other with its operands near at hand:
the engine's own peak.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from speed import timed
from speed_peaks import tile_seconds

from acncodec.analysis.provenance import provenance
from acncodec.codec.compare import same_data
from acncodec.engines.int16.tile import ROWS
from acncodec.images import load_dataset
from acncodec.models.registry import find_by_name_or_path

FEW = 64
WAYS = ("compress", "decompress")


def there_and_back(data: Path, folder: Path, model: str, threads: int) -> dict[str, Any]:
    """Both commands on one file. Raises `SystemExit` if other images come back."""
    packed, back = folder / "out.acn", folder / "back.npy"
    options = ("--threads", str(threads))
    found: dict[str, Any] = {
        "compress": timed(
            "-q", "compress", "-f", "--order", "any", "--model", model, *options, str(data),
            str(packed),
        ),
        "decompress": timed("-q", "decompress", "-f", *options, str(packed), str(back)),
        "file_bytes": packed.stat().st_size,
    }  # fmt: skip
    if not same_data(load_dataset(data), load_dataset(back), "any"):
        raise SystemExit("other images came back")
    return found


def products(model: str, data: Path, threads: int) -> float:
    """Milliseconds an image of the products alone, in `threads` threads that each have images of
    their own. Raises `SystemExit` where the engine int16 is not to be had."""
    images = load_dataset(data)
    _, height, width = images.shape
    sized = find_by_name_or_path(model).decoder.sized(height, width, images.levels)
    decoder = sized.network.int16
    if decoder is None:
        raise SystemExit("there are no products of 15-bit operands here")
    layers = range(len(decoder.program.layers))
    tile = sum(tile_seconds(decoder.program, layer, threads, 500) for layer in layers)
    return 1e3 * tile * height * width / ROWS / threads


def case(data: Path, few: Path, folder: Path, model: str, threads: int) -> dict[str, Any]:
    """One row of the table."""
    whole, start = (there_and_back(file, folder, model, threads) for file in (data, few))
    images = len(np.load(data, mmap_mode="r"))
    took = {way: (whole[way]["seconds"] - start[way]["seconds"]) / images * 1e3 for way in WAYS}
    alone = products(model, data, threads)
    return {
        "threads": threads,
        **{f"{way}_seconds": whole[way]["seconds"] for way in WAYS},
        **{f"{way}_start_seconds": start[way]["seconds"] for way in WAYS},
        **{f"{way}_peak_mib": whole[way]["peak_mib"] for way in WAYS},
        "milliseconds_an_image": took,
        "products": alone,
        "share_of_peak": {way: alone / took[way] for way in WAYS},
        "file_bytes": whole["file_bytes"],
    }


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="rgb")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    options = parser.parse_args()
    images = np.load(options.data, mmap_mode="r")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few = folder / "few.npy"
        np.save(few, images[:FEW])
        there_and_back(few, folder, options.model, 1)  # compiles what is not compiled yet
        rows = [case(options.data, few, folder, options.model, n) for n in options.threads]
    model = find_by_name_or_path(options.model)
    result = {
        "kind": "level_speed", "data": options.data.name, "images": len(images),
        "shape": list(images.shape[1:]), "model": model.name, "model_sha256": model.model_id.hex(),
        "macs_per_image": model.macs_of(load_dataset(options.data).shape[1:]), "rows": rows,
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
