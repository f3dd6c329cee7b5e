"""Ways to the same integers, side by side on one thread, as JSON: `python bench/speed_trials.py`.

- `products`: a layer of the pixel decoder for a row of `BATCH` images, and a small one for one
  column of them: NumPy's product of float64; 15-bit operands as two limbs of 8 bits, four products
  by `torch._int_mm`, alone and with their sums joined; and, for the layer, the product of 16-bit
  pairs that is used (tested when the model is made ready). Limbs are split beforehand; results of
  limbs and of float64 are held against the product of int64.
- `gates`: all gates of an image, by the processor's gather and by a loop that looks up one by one.
- `scoring`: an image scored with registers of 16 sums and of 8 (all that AVX2 has).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from speed_peaks import best_seconds, tile_seconds
from threadpoolctl import threadpool_limits

from acncodec.analysis.provenance import provenance
from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.tables import TANH_REACH, VALUE_BITS, tables
from acncodec.data import bundled
from acncodec.engines.int16 import tile
from acncodec.engines.int16.memory import address
from acncodec.engines.int16.program import RUNS
from acncodec.models.registry import find_for_data
from acncodec.parts.gated_pixelcnn import int16_kernels
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder

BATCH = 126
FILTERS = 32
SCORED_IMAGES = 126
TRIES = 3
THREADS = "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"

Ints = NDArray[np.int64]


def limbs(values: Ints) -> tuple[torch.Tensor, torch.Tensor]:
    """Balanced digits of base 256: values = 256 high + low, int8 each."""
    low = (values + 128) % 256 - 128
    high = (values - low) // 256
    return torch.from_numpy(high.astype(np.int8)), torch.from_numpy(low.astype(np.int8))


def limb_products(
    left: tuple[torch.Tensor, ...], right: tuple[torch.Tensor, ...]
) -> list[torch.Tensor]:
    """The four products of limbs, int32, highest first."""
    return [torch._int_mm(a, b) for a in left for b in right]


def joined(products: list[torch.Tensor]) -> Ints:
    """The product that four products of limbs stand for."""
    whole, one, other, rest = (part.numpy().astype(np.int64) for part in products)
    total: Ints = (whole << 16) + ((one + other) << 8) + rest
    return total


def products(rows: int, inner: int, columns: int) -> dict[str, Any]:
    """Microseconds of one product. Raises `SystemExit` if one is not exact."""
    rng = np.random.default_rng(0)
    a = rng.integers(-OPERAND_MAX, OPERAND_MAX + 1, (rows, inner))
    b = rng.integers(-OPERAND_MAX, OPERAND_MAX + 1, (inner, columns))
    x, y, left, right = a.astype(np.float64), b.astype(np.float64), limbs(a), limbs(b)
    found = x @ y, joined(limb_products(left, right))
    if not all(np.array_equal(each, a @ b) for each in found):
        raise SystemExit(f"a product of {rows}x{inner}x{columns} is not exact")
    torch.set_num_threads(1)
    with threadpool_limits(1):
        seconds = {
            "float64": best_seconds(lambda: np.dot(x, y)),
            "int8_limbs": _here(lambda: limb_products(left, right)),
            "int8_limbs_joined": _here(lambda: joined(limb_products(left, right))),
        }
    return {"rows": rows, "inner": inner, "columns": columns} | {
        f"{name}_microseconds": 1e6 * each for name, each in seconds.items()
    }


def _here(work: Any) -> float:
    """`best_seconds`, with torch on one thread also where that runs."""

    def alone() -> None:
        torch.set_num_threads(1)
        work()

    return best_seconds(alone)


def layer(decoder: ExactDecoder) -> dict[str, Any]:
    """The vertical layer of a block, for a row of `BATCH` images."""
    if decoder.int16 is None:
        raise SystemExit("this processor or model has no product of 16-bit pairs")
    program, index = decoder.int16.program, int(int16_kernels.FIRST_BLOCK)
    inner, columns = decoder.blocks[0].vertical.weight.shape[::-1]
    rows = BATCH * decoder.width
    pairs = tile_seconds(program, index) * rows / tile.ROWS
    return products(rows, inner, columns) | {
        "int16_pairs_microseconds": 1e6 * pairs,
        "segments": int(program.layers[index, RUNS]),
    }


@njit(nogil=True)
def _looked_up(high: Any, filters: int, table: Any, gates: Any) -> None:
    """As `int16_kernels._gates`, one by one."""
    for row in range(gates.shape[0]):
        for f in range(filters):
            a = min(max(high[row, f], -TANH_REACH), TANH_REACH)
            b = min(max(high[row, filters + f] >> 1, -TANH_REACH), TANH_REACH)
            scale = table[b + TANH_REACH] + np.int32(1 << VALUE_BITS)
            gates[row, f] = table[a + TANH_REACH] * scale


@njit(nogil=True)
def _repeat(gather: bool, high: Any, filters: int, table: Any, gates: Any, count: int) -> None:
    for at in range(count):
        sums = high[at % len(high)]
        if gather:
            int16_kernels._gates(address(sums), 4 * sums.shape[1], filters, table, gates)
        else:
            _looked_up(sums, filters, table, gates)


def gates(decoder: ExactDecoder) -> dict[str, Any]:
    """Microseconds of all gates of an image, both ways. Raises `SystemExit` if they differ."""
    table = tables().tanh
    rng, count = np.random.default_rng(0), 64
    # Sums of a deviation of 1, at the tables' 2^-11.
    shape = count, tile.ROWS + 1, 2 * FILTERS
    high = rng.normal(0, TANH_REACH / 8, shape).astype(np.int32)
    number = decoder.height * decoder.width * len(decoder.blocks) * 2 * FILTERS
    found, microseconds = [], {}
    for name, gather in (("gather", True), ("loop", False)):
        out = np.zeros((tile.ROWS, FILTERS), np.int32)
        _repeat(gather, high, FILTERS, table, out, 1)
        found.append(out.copy())
        times = 1000
        seconds = best_seconds(partial(_repeat, gather, high, FILTERS, table, out, times))
        microseconds[f"{name}_microseconds"] = 1e6 * seconds / (times * out.size) * number
    if not np.array_equal(*found):
        raise SystemExit("gates differ")
    return {"gates": number} | microseconds


def score(lanes: int, engine: str) -> None:
    """What a child process does: print the milliseconds of an image scored."""
    tile._host_lanes = lambda: lanes
    addresses = njit(tile.tile_addresses.py_func)
    tile.define_tiles(addresses)
    os.environ["ACNCODEC_ENGINE"] = engine
    model = find_for_data((1, 28, 28), 2)
    with np.load(bundled()) as arrays:
        images = arrays["x"][:SCORED_IMAGES, None]
    codes = model.encoder.codes(images)
    took = []
    for _ in range(1 + TRIES):
        start = time.perf_counter()
        model.decoder.score(codes, images)
        took.append(time.perf_counter() - start)
    print(json.dumps(1e3 * min(took[1:]) / len(images)))


def scoring(lanes: int, engine: str) -> dict[str, Any]:
    """Scoring in a process of its own, which compiles for registers of `lanes` sums."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, __file__, "--score", str(lanes), engine], stdout=subprocess.PIPE,
            check=False,
            env=os.environ | {"NUMBA_CACHE_DIR": cache} | dict.fromkeys(THREADS, "1"),
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"scoring with {lanes} sums failed")
    return {"engine": engine, "sums": lanes, "milliseconds_per_image": json.loads(done.stdout)}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--score", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.score:
        score(int(options.score[0]), options.score[1])
        return
    model = find_for_data((1, 28, 28), 2)
    decoder = model.decoder
    if not isinstance(decoder, ExactDecoder):
        raise SystemExit("the decoder makes no product for each pixel")
    result = {
        "kind": "speed_trials", "model": model.name, "model_sha256": model.model_id.hex(),
        "products": [layer(decoder), products(BATCH, FILTERS, FILTERS)],
        "gates": gates(decoder),
        "scoring": [
            scoring(lanes, engine)
            for lanes, engine in ((tile.lanes(), "int16"), (8, "int16"), (tile.lanes(), "float64"))
        ],
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=2))


if __name__ == "__main__":
    main()
