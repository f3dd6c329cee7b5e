"""`set` against `urn`, on data like the training data and on data unlike it.

`python bench/urn.py > bench/results/urn.json` prices latents of the bundled test images: as they
are, with black and white exchanged, turned by 90 degrees, and with thickened strokes. Pixels cost
both strategies the same, so that nothing is coded but one shift's file (`--file`), by both. With
`--digit D` only that digit's images are measured; `bench/without_digit.py` says how to train a
model that never saw it, for `--model`.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import binary_dilation

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions, compress_dataset, decompress_archive
from acncodec.coding.bitsback import encode_images
from acncodec.coding.latents import UnconditionalPrior
from acncodec.coding.pixels import Workers
from acncodec.coding.stack import Stack
from acncodec.coding.urn import UrnPrior
from acncodec.compare import same_data
from acncodec.data import bundled
from acncodec.exact.model import FrozenModel
from acncodec.exact.urn import Pool, UrnRule
from acncodec.images import DataSet, ImageSpec
from acncodec.models.registry import find_by_name_or_path, find_for_data
from acncodec.ordering.estimate import grid_samples, posterior_bits
from acncodec.ordering.ramp import urn_sizes
from acncodec.ordering.strategies import permutation_bits
from acncodec.ordering.urn import ALPHAS, KERNELS, sampled_log2, urn_bits

NATS = math.log(2)
SPEC = ImageSpec("x", "uint8", "nhw", (0, 1))
NEED, GAIN = 100.0, 60.0
"""Bits that an image takes at first and leaves in the end: they set the batches, roughly."""
TIMED = 500
SEED = 0

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


SHIFTS = {"inverted": inverted, "rotated": rotated, "thickened": thickened}


def kl(model: FrozenModel, pixels: Pixels, workers: Workers) -> dict[str, Any]:
    """KL of latents as a `set` and as urns, nats an image, on the same up to 2,000 samples.

    `order_nats` is what both then get back for the order.
    """
    pixels = np.unique(pixels, axis=0)
    count, dim = len(pixels), model.config.latent_dim
    codes = encode_images(model, pixels, workers)
    sizes = urn_sizes(count, NEED, GAIN, 1)
    urns: list[dict[str, Any]] = []
    plain = np.zeros(0)
    for kernel in KERNELS:
        fresh, earlier, counts = sampled_log2(model, codes, sizes, SEED, kernel)
        plain = -fresh
        for alpha in ALPHAS:
            bits = urn_bits(fresh, earlier, counts, alpha)
            gain = (plain - bits) * NATS
            urns.append({
                "alpha": alpha,
                "kernel": kernel,
                "kl_nats": float(bits.mean() - posterior_bits(dim)) * NATS,
                "gain_nats": float(gain.mean()),
                "gain_standard_error": float(gain.std(ddof=1) / math.sqrt(len(gain))),
            })  # fmt: skip
    return {
        "distinct": count,
        "samples": len(plain),
        "order_nats": permutation_bits(count) * NATS / count,
        "set_kl_nats": float(plain.mean() - posterior_bits(dim)) * NATS,
        "best": min(urns, key=lambda urn: urn["kl_nats"]),
        "urns": urns,
    }


def milliseconds(model: FrozenModel, pixels: Pixels, workers: Workers) -> dict[str, float]:
    """What latents take, an image, in a batch of 500 after all the others, without pixels."""
    codes = encode_images(model, pixels, workers)
    z = grid_samples(codes[:TIMED], SEED).clip(-model.prior.reach, model.prior.reach)
    clock = time.perf_counter()
    pool = Pool(model.prior, codes.shape[1], 0, len(codes))
    pool.add(codes)
    result = {"pool": 1000 * (time.perf_counter() - clock) / len(codes)}
    earlier = np.arange(TIMED, len(codes))
    for name, prior in (
        ("set", UnconditionalPrior(model.mixture, len(z), codes.shape[1])),
        ("urn", UrnPrior(model.mixture, pool, UrnRule(100), earlier, len(z))),
    ):
        message = np.random.default_rng(SEED).integers(0, 1 << 32, 1000, np.uint64)
        for step in ("warm-up", "measured"):
            stack = Stack(message.astype(np.uint32), seal=True)
            clock = time.perf_counter()
            prior.push(stack, z)
            pushed = time.perf_counter()
            back = prior.pop(stack)
            popped = time.perf_counter()
            if not np.array_equal(back, z):
                raise SystemExit(f"{name}: other latents came back")
            if step == "measured":
                result[f"{name}_push"] = 1000 * (pushed - clock) / len(z)
                result[f"{name}_pop"] = 1000 * (popped - pushed) / len(z)
    return result


def real_file(model: FrozenModel, pixels: Pixels, threads: int) -> dict[str, Any]:
    """Whole archives of both strategies, decoded and compared."""
    data = DataSet(pixels, SPEC)
    rows = {}
    for ordering in ("set", "urn"):
        file = io.BytesIO()
        clock = time.perf_counter()
        stats = compress_dataset(
            data, model, CompressOptions("any", ordering, threads=threads), file
        )
        compressed = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "urn.acn"
            path.write_bytes(file.getvalue())
            back = decompress_archive(path, model, threads)
        rows[ordering] = {
            "file_bytes": stats.file_bytes,
            "file_nats": stats.nats_per_image,
            "kl_nats": stats.kl_nats_per_image,
            "reconstruction_nats": stats.reconstruction_nats_per_image,
            "order_nats": stats.order_nats_per_image,
            "alpha": stats.alpha,
            "kernel": stats.kernel,
            "restored_exactly": same_data(data, back, "any"),
            "compress_seconds": compressed - clock,
            "decompress_seconds": time.perf_counter() - compressed,
        }
    return rows


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", metavar="NAME|PATH")
    parser.add_argument("--digit", type=int, choices=range(10), help="measure this digit alone")
    parser.add_argument("--counts", type=int, nargs="+", default=[1000, 2000, 10_000])
    parser.add_argument("--images", type=int, default=2000, help="of each shift")
    parser.add_argument("--file", choices=["none", "same", "digit", *SHIFTS], default="rotated")
    parser.add_argument("--file-images", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with np.load(bundled()) as arrays:
        x, y = arrays["x"][:, None], arrays["y"]
    model = find_by_name_or_path(options.model) if options.model else find_for_data((1, 28, 28), 2)
    if options.digit is None:
        cases = {f"same, {count}": x[:count] for count in options.counts}
        cases |= {name: shift(x[: options.images]) for name, shift in SHIFTS.items()}
        coded = {"same": x} | {name: shift(x) for name, shift in SHIFTS.items()}
    else:
        unseen, others = x[y == options.digit], x[y != options.digit]
        cases = {"digit": unseen, "other digits": others[: len(unseen)]}
        coded = {"digit": unseen}
    if options.file not in ("none", *coded):
        parser.error(f"--file is one of none, {', '.join(coded)} here")
    with Workers(options.threads, 256) as workers:
        result = {
            "model": model.name,
            "model_sha256": model.model_id.hex(),
            "digit": options.digit,
            "seed": SEED,
            "cases": {name: kl(model, pixels, workers) for name, pixels in cases.items()},
            "milliseconds_per_image": milliseconds(model, x, workers),
        }
    if options.file != "none":
        pixels = coded[options.file][: options.file_images]
        result["file"] = {"data": options.file, "images": len(pixels)}
        result["file"] |= real_file(model, pixels, options.threads)
    print(json.dumps(result | provenance(), indent=2))


if __name__ == "__main__":
    main()
