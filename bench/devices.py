"""A device beside the processor: the same files, and images a second, by images at once.

    python bench/devices.py DATA --model mnist --device cuda --batches 1024 4096 16384 > RESULT.json

DATA holds images that the model takes (an .npy, or an .npz such as the bundled one). They are
compressed in the order `any` by the processor on all its threads, then by the device with each
--batches; every file's SHA-256 must be the processor's, and each file is decoded by both, with the
images compared. Each is done twice, and the second time is told: the first loads and compiles.
More images than a set has come by --repeat: copies that differ in the last bit of pixels of the
first row. No GPU is needed to try it: `--device cpu` compares the processor with itself.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions, Reader
from acncodec.codec.compare import same_data
from acncodec.codec.compress_set import compress_set
from acncodec.images import DataSet, load_dataset
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path
from acncodec.run.settings import Run

TRIES = 2
MARKED = 12
"""Pixels of the first row by which copies of an image are told apart."""


def images_of(path: Path, repeat: int) -> DataSet:
    """The images, and `repeat` - 1 further copies of them that differ in the first row."""
    found = load_dataset(path)
    if repeat > 1 << MARKED or found.pixels.shape[-1] < MARKED:
        raise SystemExit(
            f"there are 1 to {1 << MARKED} repeats, of rows of {MARKED} pixels or more"
        )
    marks = np.arange(repeat)[:, None] >> np.arange(MARKED) & 1
    copies = np.stack([found.pixels] * repeat)
    copies[:, :, :, 0, :MARKED] ^= marks[:, None, None].astype(copies.dtype)
    pixels = copies.reshape(-1, *found.pixels.shape[1:])
    return recognise({"x": np.ascontiguousarray(np.moveaxis(pixels, 1, -1))}, layout="nhwc")


def measured(data: DataSet, model: FrozenModel, run: Run) -> tuple[bytes, dict[str, Any]]:
    """The file that a way of working makes, and images a second there and back. Raises `SystemExit`
    if other images come back."""
    options = CompressOptions("any", threads=run.threads, batch=run.batch, device=run.device)
    seconds = []
    for _ in range(TRIES):
        file, start = io.BytesIO(), time.perf_counter()
        compress_set(data, [model], options, file)
        packed = time.perf_counter()
        with Reader(io.BytesIO(file.getvalue()), [model], run) as archive:
            back = archive.read()
        seconds = [packed - start, time.perf_counter() - packed]
        if not same_data(data, back, "any"):
            raise SystemExit(f"other images came back by {run.device}, {run.batch} at once")
    rates = {
        way: data.count / s for way, s in zip(("compress", "decompress"), seconds, strict=True)
    }
    about = {"device": run.device, "batch": run.batch, "threads": run.threads}
    return file.getvalue(), about | {"images_a_second": rates}


def rows(
    data: DataSet, model: FrozenModel, device: str, batches: list[int]
) -> list[dict[str, Any]]:
    """The processor, then the device. Raises `SystemExit` where files differ."""
    reference, first = measured(data, model, Run(os.cpu_count() or 1))
    found = [first | {"sha256": hashlib.sha256(reference).hexdigest()}]
    for batch in batches:
        file, row = measured(data, model, Run(1, batch, device))
        if file != reference:
            raise SystemExit(f"{device} makes another file, {batch} at once")
        found.append(row | {"sha256": hashlib.sha256(file).hexdigest()})
    return found


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--batches", type=int, nargs="+", default=[1024, 4096, 16384])
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    data, model = images_of(options.data, options.repeat), find_by_name_or_path(options.model)
    result = {
        "kind": "devices", "data": options.data.name, "images": data.count,
        "shape": list(data.shape), "model": model.name, "model_sha256": model.model_id.hex(),
        "rows": rows(data, model, options.device, options.batches),
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
