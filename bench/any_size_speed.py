"""Speed of the any-size decoder, as JSON: `python bench/any_size_speed.py`.

Random weights, and images of random values: the time depends on neither, but by how many runs a
layer is cut into. For each count of threads and images in a batch, milliseconds an image of

- `score`: known pixels through the network alone, a row at a time; `decode`: pixel by pixel;
- `push` and `pop`: the whole codec, network, logistic mixture and stack;

and of the products of 15-bit operands alone, one layer after the other with its operands near at
hand: the engine's own peak for this network. Threads share a batch, as the codec's do.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from speed_peaks import tile_seconds

from acncodec.analysis.provenance import provenance
from acncodec.coding.sites import Sites
from acncodec.engines.int16.tile import ROWS, lanes
from acncodec.heads.logistic_mixture import SCALES, ExactLogisticMixture
from acncodec.heads.logistic_mixture_loss import initial_biases
from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.loops.join import join
from acncodec.parts.causal_resnet.exact import ExactCausalResNet, SizedResNet
from acncodec.parts.causal_resnet.freeze import freeze_causal_resnet, measure
from acncodec.parts.causal_resnet.net import CausalResNet, planes
from acncodec.parts.causal_resnet.shape import CausalResNetConfig
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack

LEVELS = 256
CALIBRATED = 8
Pixels = NDArray[np.uint8]


def network(head: LogisticMixture, options: argparse.Namespace) -> ExactCausalResNet:
    """The exact copy of a network with random weights."""
    torch.manual_seed(0)
    config = CausalResNetConfig(
        head.channels, head.outputs, options.width, options.blocks, options.hidden
    )
    net = CausalResNet(config)
    with torch.no_grad():
        net.head.bias.copy_(initial_biases(head))
    shape = CALIBRATED, head.channels, options.size, options.size
    seen = planes(torch.randint(LEVELS, shape), LEVELS)
    groups = [pair for pair in zip(head.sizes, SCALES, strict=True) if pair[0]]
    return freeze_causal_resnet(net, measure(net, [(seen, None)]), groups)


def decode(sized: SizedResNet, pixels: Pixels) -> None:
    """Go through the network as a decoder does, with the pixels at hand."""
    run = sized.start(np.zeros((len(pixels), 0), np.int64))
    for row in range(sized.height):
        run.begin_row(row)
        for column in range(sized.width):
            run.outputs(row, column, column + 1)
            run.put(row, column, column + 1, pixels[:, :, row, column : column + 1])


def milliseconds(work: Callable[[], object], images: int, tries: int) -> float:
    """The best of some tries, an image."""
    found = []
    for _ in range(tries):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return 1e3 * min(found) / images


def in_threads(
    work: Callable[[SizedResNet, Pixels], object], sized: SizedResNet, pixels: Pixels, threads: int
) -> Callable[[], object]:
    """`work` on equal parts of the images, a thread each."""
    parts = np.array_split(pixels, threads)

    def run() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda part: work(sized, part), parts))

    return run


def score(sized: SizedResNet, pixels: Pixels) -> None:
    """Go through the network with known pixels, as a writer does."""
    run = sized.start(np.zeros((len(pixels), 0), np.int64))
    for row in range(sized.height):
        run.begin_row(row)
        run.put(row, 0, sized.width, pixels[:, :, row])
        run.outputs(row, 0, sized.width)


def whole(
    sized: SizedResNet, head: ExactLogisticMixture, pixels: Pixels, threads: int, tries: int
) -> dict[str, float]:
    """Pushing to a stack and popping from it. Raises `SystemExit` if other images come back."""
    count, took = len(pixels), {}
    with Workers(threads, count) as workers:
        codec = Sites(sized, head, np.zeros((count, 0), np.int64), workers, join)
        for _ in range(tries):
            stack = Stack(np.zeros(0, np.uint32), seal=True)
            pushed = milliseconds(lambda: codec.push(stack, pixels), count, 1)  # noqa: B023
            start = time.perf_counter()
            if not np.array_equal(codec.pop(stack), pixels):
                raise SystemExit("other images came back")
            popped = 1e3 * (time.perf_counter() - start) / count
            for name, value in (("push", pushed), ("pop", popped)):
                took[name] = min(value, took.get(name, value))
    return took


def case(
    sized: SizedResNet, head: ExactLogisticMixture, batch: int, threads: int, tries: int
) -> dict[str, Any]:
    """One row of the table."""
    shape = batch, sized.network.channels, sized.height, sized.width
    pixels = np.random.default_rng(0).integers(0, LEVELS, shape).astype(np.uint8)
    found: dict[str, Any] = {"threads": threads, "batch": batch}
    for work in (score, decode):
        found[work.__name__] = milliseconds(in_threads(work, sized, pixels, threads), batch, tries)
    found |= whole(sized, head, pixels, threads, tries)
    decoder = sized.network.int16
    if decoder is not None:
        layers = range(len(decoder.program.layers))
        tile = sum(tile_seconds(decoder.program, layer, threads, 500) for layer in layers)
        alone = 1e3 * tile * sized.height * sized.width / ROWS / threads
        found |= {"products": alone, "share_of_peak": {n: alone / found[n] for n in SHARED}}
    return found


SHARED = ("score", "decode", "push", "pop")


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=32, help="height and width of an image")
    parser.add_argument("--channels", type=int, default=3)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--blocks", type=int, default=8)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--batch", type=int, nargs="+", default=[256, 512])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    parser.add_argument("--tries", type=int, default=3)
    options = parser.parse_args()
    shape = LogisticMixture(options.channels)
    exact = network(shape, options)
    head = ExactLogisticMixture(shape, LEVELS)
    sized = exact.sized(options.size, options.size, LEVELS)
    case(exact.sized(3, 3, LEVELS), head, 2 * ROWS, 2, 1)  # compiles what is not compiled yet
    result: dict[str, Any] = {
        "kind": "any_size_speed", "engine": exact.engine_on("cpu"), "lanes": lanes(),
        "size": options.size, "channels": options.channels, "width": options.width,
        "blocks": options.blocks, "hidden": options.hidden, "macs_per_image": sized.macs,
        "cases": [
            case(sized, head, batch, threads, options.tries)
            for threads in options.threads for batch in options.batch
        ],
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=2))


if __name__ == "__main__":
    main()
