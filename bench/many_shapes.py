"""What shapes cost: as many pictures of as many shapes beside pictures of one shape, as JSON.

    python bench/many_shapes.py > bench/results/many-shapes.json

Both sets hold drawn grey pictures, about as many pixels, and are coded by the bundled model `grey`
in the order `any`. They take turns, try by try, so that whatever else the machine does is met by
both; of each the quickest try counts. Seconds are of the processor; the ratios, of time a pixel and
of bytes beyond the pixels' own, are what the result is for.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.provenance import provenance
from acncodec.codec import NATS, CompressOptions, Reader
from acncodec.codec.compress_set import compress_set
from acncodec.images import DataSet, MixedData, mixed_from_arrays
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path
from acncodec.run.settings import Run

Pixels = NDArray[np.uint8]
LEAST, MOST = 16, 48
"""Sides of the pictures of many shapes."""


def pictures(sides: NDArray[np.int64], seed: int) -> list[Pixels]:
    """Grey pictures of these heights and widths (n, 2): slopes, edges and some noise."""
    rng = np.random.default_rng(seed)
    found = []
    for height, width in sides.tolist():
        rows, columns = np.mgrid[:height, :width]
        slope = rng.uniform(-2, 2, 2)
        picture = 128 + slope[0] * rows + slope[1] * columns
        for _ in range(3):  # discs of another brightness
            centre, radius = rng.uniform(0, [height, width]), rng.uniform(3, 12)
            inside = (rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 < radius**2
            picture = np.where(inside, picture + rng.uniform(-70, 70), picture)
        picture += rng.normal(0, 2, picture.shape)
        picture = picture.clip(0, 255).astype(np.uint8)
        picture[0, 0] = 255  # all have the levels of a byte
        found.append(picture)
    return found


def many_sides(count: int, seed: int) -> NDArray[np.int64]:
    """Heights and widths, no two pairs alike, (count, 2)."""
    pairs = np.stack(np.mgrid[LEAST : MOST + 1, LEAST : MOST + 1], axis=-1).reshape(-1, 2)
    chosen = np.random.default_rng(seed).permutation(len(pairs))[:count]
    return np.array(pairs[chosen])


def sets(count: int, seed: int) -> dict[str, DataSet | MixedData]:
    """Pictures of one shape, and of `count` shapes; of the same number of pixels, nearly."""
    many = many_sides(count, seed)
    side = round(float(np.sqrt(many.prod(axis=1).mean())))
    one = np.full((count, 2), side)
    return {
        "one": recognise({"x": np.stack(pictures(one, seed))}),
        "many": mixed_from_arrays(pictures(many, seed)),
    }


def seconds(work: Callable[[], object]) -> float:
    """Processor time that it takes, of all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def case(
    data: dict[str, DataSet | MixedData], model: FrozenModel, threads: int, tries: int
) -> dict[str, dict[str, float]]:
    """Of each set: samples, bytes, and the quickest seconds of compressing and decompressing."""
    options = CompressOptions("any", threads=threads)
    files, found = {}, {}
    for name, images in data.items():
        file = io.BytesIO()
        stats = compress_set(images, [model], options, file)
        files[name] = file.getvalue()
        pixels = (stats.reconstruction_nats_per_image or 0.0) * stats.images / NATS / 8
        found[name] = {
            "images": stats.images,
            "shapes": len(stats.shapes),
            "samples": sum(one.count * one.height * one.width for one in stats.shapes),
            "stored_images": stats.stored_images,
            "file_bytes": len(files[name]),
            "bytes_beside_pixels": round(len(files[name]) - pixels, 1),
        }

    def decompress(name: str) -> None:
        with Reader(io.BytesIO(files[name]), [model], Run(threads)) as archive:
            archive.read()

    took: dict[str, list[list[float]]] = {name: [[], []] for name in data}
    for _ in range(tries):
        for name, images in data.items():
            took[name][0].append(
                seconds(lambda: compress_set(images, [model], options, io.BytesIO()))  # noqa: B023
            )
        for name in data:
            took[name][1].append(seconds(lambda: decompress(name)))  # noqa: B023
    for name, (packing, unpacking) in took.items():
        found[name] |= {"compress_seconds": min(packing), "decompress_seconds": min(unpacking)}
    return found


def ratios(found: dict[str, dict[str, float]]) -> dict[str, float]:
    """What many shapes take for each that one takes: time a sample; and bytes more, a shape."""
    one, many = found["one"], found["many"]
    more = many["bytes_beside_pixels"] - one["bytes_beside_pixels"]
    return {
        **{
            way: (many[f"{way}_seconds"] / one[f"{way}_seconds"]) * one["samples"] / many["samples"]
            for way in ("compress", "decompress")
        },
        "bytes_a_shape": more / (many["shapes"] - one["shapes"]),
    }


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="grey")
    options = parser.parse_args()
    model = find_by_name_or_path(options.model)
    data = sets(options.count, options.seed)
    found = case(data, model, options.threads, options.tries)
    result: dict[str, Any] = {
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "threads": options.threads,
        "tries": options.tries,
        "seed": options.seed,
        "sets": found,
        "ratios": ratios(found),
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
