"""Time and memory of compress and decompress, against what the machine can do, in one run.

Run as `python bench/speed.py [--images N] [--ordering S ...] > bench/results/speed.json`.

- `orderings`: each command as a user would run it, start-up included.
- `runs`: compress and decompress without start-up, over engines, numbers of images, threads and
  batches, each run in a process of its own; on one thread also where the time goes.
- `peaks`: the machine's rates for products of matrices. The *efficiency* of a run is the time that
  the model's multiply-adds would take at the peak of float64, over the time an image takes.
  Where an engine's own product is faster than float64's, it can be above 1; `own_efficiency` is
  against the peak of the product that the engine is made of.
- `products`: what the decoder's products take alone.
- `against_naive`: the naive decoder makes one full pass of the same exact network for each pixel of
  a few images; its figure is set against the incremental decoder's on as many and on a full batch.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from builds import usual_environment
from speed_peaks import float_products, int16_products, peaks

from acncodec.analysis.provenance import provenance
from acncodec.data import bundled
from acncodec.families.pixels import PixelCodec
from acncodec.heads.bernoulli import Binary
from acncodec.latents.gaussian_prices import grid_samples
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_for_data
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack

SEED = 0
NAIVE_IMAGES = 2
BATCH_IMAGES = 500
MANY_IMAGES = 1000
PRODUCTS = ("float64", "int16")
"""Engines, named after their products."""


LAUNCHER = """
import json, os, resource, subprocess, sys, time
start = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.perf_counter() - start
print(json.dumps([status, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
"""Runs a command from a process that is small: Linux counts the memory of the one that started a
command as the command's own."""


def timed(*arguments: str) -> dict[str, float]:
    """Seconds and peak memory (MiB) of one acncodec command. Raises if it fails."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, sys.executable, "-m", "acncodec_cli", *arguments],
        check=True, stdout=subprocess.PIPE, text=True, env=usual_environment(),
    )  # fmt: skip
    status, seconds, kib = json.loads(done.stdout)
    if status:
        raise SystemExit(f"acncodec {' '.join(arguments)} failed")
    return {"seconds": round(seconds, 2), "peak_mib": round(kib / 1024)}


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
        pixels[:, 0, row, column] = stack.pop(Binary.of_logits(logits))
    return pixels


def against_naive(model: FrozenModel) -> dict[str, Any]:
    """Seconds an image of the naive and of the incremental decoder, on one thread each."""
    with np.load(bundled()) as arrays:
        images = arrays["x"][:BATCH_IMAGES, None]
    z = grid_samples(model.encoder.codes(images), seed=SEED)
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


def apart(*options: str, **environment: str) -> dict[str, Any]:
    """One run of `speed_run.py`, in a process of its own."""
    script = Path(__file__).with_name("speed_run.py")
    done = subprocess.run(
        [sys.executable, str(script), *options], check=False, stdout=subprocess.PIPE, text=True,
        env=os.environ | environment,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"speed_run.py {' '.join(options)} failed")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def cases(options: argparse.Namespace) -> Iterator[tuple[str, int, int, int]]:
    """What to run: engine, images, threads, batch. The slow engine codes a few images only."""
    every = sorted({1, os.cpu_count() or 1})
    small = min(options.counts)
    for engine in options.engines:
        for count in options.counts if engine == "int16" else [small]:
            for threads in every:
                yield engine, count, threads, options.batches[0]
    for batch in options.batches[1:]:
        yield options.engines[0], small, every[-1], batch


def rated(run: dict[str, Any], peak: dict[str, Any], macs: int) -> dict[str, Any]:
    """Add efficiencies to a run."""
    for command in ("compress", "decompress"):
        row = run[command]
        billions = 2e-9 * macs * run["images"] / row["seconds"]
        row["efficiency"] = billions / peak["float64"]
        row["own_efficiency"] = billions / peak[run["engine"]]
    return run


def divided(run: dict[str, Any], products: dict[str, float | None]) -> None:
    """Divide the decoder's time in a run on one thread: products, and what is between them."""
    alone = products[run["engine"]]
    for command in ("compress", "decompress"):
        stages = run[command].get("stage_seconds")
        if stages and alone is not None:
            decoder = stages.pop("decoder")
            taken = min(decoder, alone * run["images"])
            stages |= {"decoder_products": taken, "gates_and_tables": decoder - taken}


def sweep(options: argparse.Namespace, model: FrozenModel, folder: Path) -> dict[str, Any]:
    """All runs, the peaks they are held against, and start-up."""
    decoder = model.decoder
    if not isinstance(decoder, ExactDecoder):
        raise SystemExit("the decoder makes no product for each pixel")
    found = {threads: peaks(decoder, threads) for threads in sorted({1, os.cpu_count() or 1})}
    products = {"float64": float_products(decoder), "int16": int16_products(decoder)}
    with np.load(options.data or bundled()) as arrays:
        images = arrays["x"]
    runs = []
    for engine, count, threads, batch in cases(options):
        path = folder / f"{count}.npy"
        np.save(path, images[:count])
        run = apart(
            str(path), "--engine", engine, "--threads", str(threads), "--batch", str(batch),
            *(["--stages"] if threads == 1 else []),
        )  # fmt: skip
        divided(run, products)
        runs.append(rated(run, found[threads], model.macs_per_image))
        print(json.dumps(runs[-1]), file=sys.stderr)
    np.save(folder / "one.npy", images[:1])
    cold = apart(str(folder / "one.npy"), NUMBA_CACHE_DIR=str(folder / "cache"))
    warm = apart(str(folder / "one.npy"), NUMBA_CACHE_DIR=str(folder / "cache"))
    return {
        "peaks": list(found.values()),
        "product_seconds_per_image": products,
        "start_seconds": {"compiling": cold["start_seconds"], "compiled": warm["start_seconds"]},
        "runs": runs,
    }


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--ordering", nargs="+", default=["iid", "tour"])
    parser.add_argument("--data", type=Path, help="an .npz whose array x to code in `runs`")
    parser.add_argument("--engines", nargs="+", choices=PRODUCTS, default=["int16", "float64"])
    parser.add_argument("--counts", nargs="+", type=int, default=[MANY_IMAGES, 10 * MANY_IMAGES])
    parser.add_argument("--batches", nargs="+", type=int, default=[256, 64, 1024])
    options = parser.parse_args()
    model = find_for_data((1, 28, 28), 2)
    with tempfile.TemporaryDirectory() as folder:
        swept = sweep(options, model, Path(folder))
        runs = {name: commands(options.images, name, Path(folder)) for name in options.ordering}
    result = {
        "images": options.images,
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "macs_per_image": model.macs_per_image,
        "seed": SEED,
        "orderings": runs,
        **swept,
        "against_naive": against_naive(model),
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
