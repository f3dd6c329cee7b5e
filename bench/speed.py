"""Time and memory of compress and decompress, and the naive decoder's, in one run.

Run as `python bench/speed.py [--images N] [--ordering S ...] > bench/results/speed.json`. Each
command runs as a process of its own, as a user would run it, start-up included. The naive
decoder makes one full pass of the same exact network for each pixel of a few images; its
figure is set against the incremental decoder's on as many and on a full batch.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from acncodec.analysis.provenance import provenance
from acncodec.coding.pixels import PixelCodec, Workers
from acncodec.coding.stack import Stack
from acncodec.data import bundled
from acncodec.exact.decoder import one_frequencies
from acncodec.exact.model import FrozenModel
from acncodec.models.registry import find_for_data
from acncodec.ordering.estimate import grid_samples

NAIVE_IMAGES = 2
BATCH_IMAGES = 500


def timed(*arguments: str) -> dict[str, float]:
    """Seconds and peak memory (MiB) of one acncodec command. Raises if it fails."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "acncodec_cli", *arguments])
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"acncodec {' '.join(arguments)} failed")
    return {"seconds": round(seconds, 2), "peak_mib": round(usage.ru_maxrss / 1024)}


def commands(count: int, ordering: str, folder: Path) -> dict[str, Any]:
    """Compress and decompress the first `count` bundled images with labels."""
    source, packed, back = folder / "in.npz", folder / "out.acn", folder / "back.npz"
    with np.load(bundled()) as arrays:
        kept = {name: arrays[name][:count] for name in arrays.files}
    np.savez(source, **kept)
    order = ("--order", "any", "--ordering", ordering)
    result = {
        "compress": timed("-q", "compress", "-f", *order, str(source), str(packed)),
        "decompress": timed("-q", "decompress", "-f", str(packed), str(back)),
        "file_bytes": packed.stat().st_size,
    }
    with np.load(back) as arrays:
        got = sorted(zip(map(bytes, arrays["x"]), arrays["y"].tolist(), strict=True))
    result["set_restored"] = got == sorted(
        zip(map(bytes, kept["x"]), kept["y"].tolist(), strict=True)
    )
    return result


def naive_decode(model: FrozenModel, z: np.ndarray, stack: Stack) -> np.ndarray:
    """Pop images with one full pass a pixel: what an autoregressive decoder does unaided."""
    height, width = model.config.height, model.config.width
    pixels = np.zeros((len(z), 1, height, width), np.uint8)
    for position in range(height * width):
        logits = model.decoder.score(z, pixels)[:, position]
        row, column = divmod(position, width)
        pixels[:, 0, row, column] = stack.pop(one_frequencies(logits))
    return pixels


def against_naive(model: FrozenModel) -> dict[str, Any]:
    """Seconds an image of the naive and of the incremental decoder, on one thread each."""
    with np.load(bundled()) as arrays:
        images = arrays["x"][:BATCH_IMAGES, None]
    z = grid_samples(model.encoder.codes(images), seed=0)
    result: dict[str, Any] = {"naive_images": NAIVE_IMAGES, "batch_images": len(images)}
    with Workers(1, 256) as workers:
        PixelCodec(model.decoder, z[:1], workers).bits(images[:1])  # compile
        for name, count, naive in (
            ("naive", NAIVE_IMAGES, True),
            ("same_images", NAIVE_IMAGES, False),
            ("full_batch", len(images), False),
        ):
            codec = PixelCodec(model.decoder, z[:count], workers)
            stack = Stack.seeded(bytes(32))
            codec.push(stack, images[:count])
            start = time.perf_counter()
            got = naive_decode(model, z[:count], stack) if naive else codec.pop(stack)
            seconds = time.perf_counter() - start
            if not np.array_equal(got, images[:count]):
                raise SystemExit(f"{name}: decoded other images")
            result[f"{name}_seconds_per_image"] = seconds / count
    naive_seconds = result["naive_seconds_per_image"]
    result["naive_over_same_images"] = naive_seconds / result["same_images_seconds_per_image"]
    result["naive_over_full_batch"] = naive_seconds / result["full_batch_seconds_per_image"]
    return result


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--ordering", nargs="+", default=["iid", "tour"])
    options = parser.parse_args()
    model = find_for_data((1, 28, 28), 2)
    with tempfile.TemporaryDirectory() as folder:
        runs = {name: commands(options.images, name, Path(folder)) for name in options.ordering}
    result = {
        "images": options.images,
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "macs_per_image": model.macs_per_image,
        "orderings": runs,
        "against_naive": against_naive(model),
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
