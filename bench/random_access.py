"""What images cost that are asked for one by one, beside a whole decompression, as JSON.

    python bench/random_access.py > bench/results/random-access.json

The bundled test images as a set, in shards. `whole` is all of them in turn, `batches` an epoch of
`ArchiveDataset.batches`, random within shards and of shards, and `single` the same images in the
same order, each asked for alone; all by one process, each from an archive that is newly open, and
after an image was decoded from another, so that no start-up is in them. The quickest of some tries
counts. `loaders` are epochs of
torch's DataLoader with its workers, whose start is in them.

Then the same images in shards of `--cold-size`: milliseconds of the first image of each shard, in
random order, beside those that a shard takes when all are decoded in turn; and seconds to open the
archive and have the very first.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

import acncodec
from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.codec.archive_dataset import ArchiveDataset
from acncodec.data import bundled
from acncodec.images import load_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_for_data
from acncodec.run.settings import Run

BATCH = 64
CONTEXTS = ("fork", "spawn")


def write(path: Path, count: int, size: int, model: FrozenModel) -> None:
    """The first images as a set, in shards."""
    source = path.with_suffix(".npy")
    with np.load(bundled()) as arrays:
        np.save(source, arrays["x"][:count])
    options = CompressOptions("any", "set", threads=1, shard_size=size)
    with path.open("wb") as file:
        compress_dataset(load_dataset(source), model, options, file)


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run_through(archive: Reader, parts: Iterable[list[int]]) -> int:
    """Ask an archive for images, and return how many came."""
    return sum(len(archive.take(np.array(rows))) for rows in parts)


def epochs(path: Path, model: FrozenModel, tries: int) -> dict[str, float]:
    """Seconds of all images, in each way. Raises `SystemExit` where some do not come."""
    took: dict[str, list[float]] = {"whole": [], "batches": [], "single": []}
    with Reader(path, [model], Run(1)) as archive:
        archive[0]
    for seed in range(tries):
        with Reader(path, [model], Run(1)) as archive:
            took["whole"].append(seconds(archive.read))
        for way in ("batches", "single"):
            with Reader(path, [model], Run(1)) as archive:
                batches = list(archive.dataset().batches(BATCH, seed=seed))
                parts = batches if way == "batches" else [[row] for one in batches for row in one]
                if sorted(row for one in parts for row in one) != [*range(len(archive))]:
                    raise SystemExit("an epoch is not all images")
                took[way].append(seconds(lambda: run_through(archive, parts)))  # noqa: B023
    return {way: min(found) for way, found in took.items()}


def loaded(path: Path, workers: int, context: str) -> float:
    """Seconds of an epoch of a DataLoader. Raises `SystemExit` where images do not come."""
    from torch.utils.data import DataLoader

    with acncodec.open(path) as archive:
        dataset: ArchiveDataset = archive.dataset()
    loader: DataLoader[Any] = DataLoader(
        dataset, batch_sampler=dataset.batches(BATCH, workers=workers), num_workers=workers,
        multiprocessing_context=multiprocessing.get_context(context),
    )  # fmt: skip
    start = time.perf_counter()
    if sum(len(images) for images in loader) != len(dataset):
        raise SystemExit("the loader does not give all images")
    return time.perf_counter() - start


def cold(path: Path, size: int) -> dict[str, float]:
    """One image of each shard: the first with the archive's opening, then the others."""
    start = time.perf_counter()
    with acncodec.open(path, threads=1) as archive:
        shards = len(archive) // size
        order = np.random.default_rng(1).permutation(shards) * size
        archive[int(order[0])]
        first = time.perf_counter() - start
        took = [1000 * seconds(lambda: archive[int(row)]) for row in order[1:]]  # noqa: B023
        whole = seconds(archive.read)
    return {
        "shard_size": size, "shards": shards, "first_seconds": first,
        "median_milliseconds": float(np.median(took)), "largest_milliseconds": max(took),
        "shard_milliseconds": 1000 * whole / shards,
    }  # fmt: skip


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--shard-size", type=int, default=1000)
    parser.add_argument("--cold-images", type=int, default=1600)
    parser.add_argument("--cold-size", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tries", type=int, default=3)
    options = parser.parse_args()
    model = find_for_data((1, 28, 28), 2)
    with tempfile.TemporaryDirectory() as name:
        large, small = Path(name, "large.acn"), Path(name, "small.acn")
        write(large, options.images, options.shard_size, model)
        write(small, options.cold_images, options.cold_size, model)
        of_images = epochs(large, model, options.tries)
        result: dict[str, Any] = {
            "kind": "random_access", "model": model.name, "model_sha256": model.model_id.hex(),
            "images": options.images, "shard_size": options.shard_size, "batch": BATCH,
            "seconds": of_images,
            "of_whole": {way: took / of_images["whole"] for way, took in of_images.items()},
            "cold": cold(small, options.cold_size),
            "workers": options.workers,
            "loaders": {one: loaded(large, options.workers, one) for one in CONTEXTS},
        }  # fmt: skip
    print(json.dumps(result | provenance(), indent=2))


if __name__ == "__main__":
    main()
