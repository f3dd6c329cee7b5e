"""What this machine's products of matrices reach, and what a model's products alone take.

Each figure is the best of several tries. With several threads, each computes products of its own,
as the codec's threads do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numba import njit
from threadpoolctl import threadpool_limits

from acncodec.engines.int16.calls import STRIDES, new_aim, new_calls, point, sums
from acncodec.engines.int16.memory import address
from acncodec.engines.int16.program import COLUMNS, PAIRS, WIDTH, Program, widest
from acncodec.engines.int16.tile import ROWS
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder

TRIES = 7
SECONDS = 0.05
"""A try repeats its product for about so long."""
SHAPES = ((2048, 2048, 2048), (4096, 512, 64), (128, 96, 64))
"""A square product, and such as the networks have."""
BATCH = 128


def best_seconds(work: Callable[[], object], threads: int = 1) -> float:
    """Seconds of one call of `work`, made in `threads` threads at once."""
    work()
    start = time.perf_counter()
    work()
    count = max(1, int(SECONDS / max(1e-9, time.perf_counter() - start)))

    def repeat(_: int) -> None:
        for _ in range(count):
            work()

    found = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(TRIES):
            start = time.perf_counter()
            list(pool.map(repeat, range(threads)))
            found.append((time.perf_counter() - start) / count)
    return min(found)


def rate(shape: tuple[int, int, int], seconds: float, threads: int) -> float:
    """10^9 multiplications and additions a second."""
    return 2e-9 * float(np.prod(shape)) * threads / seconds


def float64_rate(shape: tuple[int, int, int], threads: int) -> float:
    """NumPy's product of float64."""
    rows, inner, columns = shape
    rng = np.random.default_rng(0)
    a, b = rng.random((rows, inner)), rng.random((inner, columns))

    def work() -> object:
        return np.dot(a, b)

    with threadpool_limits(1):
        return rate(shape, best_seconds(work, threads), threads)


def int8_rate(shape: tuple[int, int, int], threads: int) -> float | None:
    """torch's product of int8, with sums of 32 bits; None where it has none."""
    rows, inner, columns = shape
    a = torch.randint(-128, 128, (rows, inner), dtype=torch.int8)
    b = torch.randint(-128, 128, (inner, columns), dtype=torch.int8)

    def work() -> None:
        torch.set_num_threads(1)  # which holds for the thread that says so
        torch._int_mm(a, b)

    try:
        return rate(shape, best_seconds(work, threads), threads)
    except RuntimeError:
        return None


@njit(nogil=True)
def _repeat(program: Any, layer: int, aim: Any, high: Any, below: Any, count: int) -> None:
    calls, apart = new_calls(program), 4 * high.shape[1]
    point(calls, program, layer, aim)
    for _ in range(count):
        sums(calls, layer, 0, address(high), address(below), apart)


def tile_seconds(program: Program, layer: int, threads: int = 1, count: int = 5000) -> float:
    """Seconds of one tile of a layer, its operands where a decoder has them: near at hand."""
    shape = 64, ROWS, 2 * int(program.runs[3].max())
    operands = np.random.default_rng(0).integers(-2000, 2000, shape).astype(np.int16)

    def work() -> None:
        aim = new_aim(64)
        places = 7 * np.arange(STRIDES)[:, None] + np.arange(aim.shape[1])
        aim[:STRIDES] = operands.ctypes.data + places % 64 * operands.strides[0]
        aim[STRIDES] = operands.strides[1]
        high = np.empty((ROWS, widest(program)), np.int32)
        _repeat(program, layer, aim, high, np.empty_like(high), count)

    return best_seconds(work, threads) / count


def tile_rate(decoder: ExactDecoder, threads: int) -> float | None:
    """The product of 15-bit operands, in the layer that has the most of them."""
    if decoder.int16 is None:
        return None
    program = decoder.int16.program
    layer = int(np.argmax(program.layers[:, PAIRS]))
    found = program.layers[layer]
    shape = (ROWS, 2 * int(found[PAIRS]), int(found[WIDTH] * found[COLUMNS]))
    return rate(shape, tile_seconds(program, layer, threads), threads)


def peaks(decoder: ExactDecoder, threads: int) -> dict[str, Any]:
    """The machine's rates, 10^9 multiplications and additions a second."""
    float64 = {"x".join(map(str, shape)): float64_rate(shape, threads) for shape in SHAPES}
    int8 = {"x".join(map(str, shape)): int8_rate(shape, threads) for shape in SHAPES}
    known = [value for value in int8.values() if value is not None]
    return {
        "threads": threads,
        "float64": max(float64.values()),
        "int8": max(known) if known else None,
        "int16": tile_rate(decoder, threads),
        "float64_by_shape": float64,
        "int8_by_shape": int8,
    }


def int16_products(decoder: ExactDecoder) -> float | None:
    """Seconds an image that the decoder's products of 15-bit operands take alone, on one thread."""
    if decoder.int16 is None:
        return None
    program = decoder.int16.program
    tiles = decoder.height * decoder.width / ROWS
    return sum(tile_seconds(program, layer) for layer in range(len(program.layers))) * tiles


def _float_shapes(decoder: ExactDecoder) -> Iterator[tuple[int, int, int, int]]:
    """Products that a batch takes: how often, rows, inner size and columns."""
    program, count = decoder.float64.program, decoder.height
    row = decoder.width * BATCH
    pixels = count * decoder.width
    blocks = len(decoder.blocks)
    yield count, row, *decoder.vertical_in.matrix.shape
    yield count * blocks, row, *program.vertical.matrix.shape[2:]
    yield count * blocks, row, *program.context.shape[1:]
    yield pixels, BATCH, *decoder.horizontal_in.matrix.shape
    yield pixels * blocks, BATCH, *program.horizontal.matrix.shape[1:]
    yield pixels * blocks, BATCH, *program.residual.matrix.shape[1:]
    yield pixels, BATCH, *decoder.head.matrix.shape
    yield pixels, BATCH, *program.outputs.matrix.shape


def float_products(decoder: ExactDecoder) -> float:
    """Seconds an image that the decoder's products of float64 take alone, on one thread."""
    rng, total = np.random.default_rng(0), 0.0
    with threadpool_limits(1):
        for often, rows, inner, columns in _float_shapes(decoder):
            a, b = rng.random((rows, inner)), rng.random((inner, columns))
            out = np.empty((rows, columns))
            total += often * best_seconds(lambda a=a, b=b, out=out: np.dot(a, b, out))  # type: ignore[misc]
    return total / BATCH
