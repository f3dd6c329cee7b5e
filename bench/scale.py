"""Time, memory and the share of the order by the number of images, and what shards cost, as JSON.

`python bench/scale.py [--images N ...] [--ordering S ...] [--more FILE] [--shards S ...]`. Sets
beyond the 10,000 bundled images take theirs from `--more` (see `bench/subset.py`).

Each command runs in a process of its own, which reports its stages and its peak memory, start-up
included. Its time is told in two parts. `start` is what any number of images takes: from the birth
of the process until Python and the packages are imported, the model is read and tested, and all
compiled loops are loaded (for which a few images are coded). The rest is reading, coding and
writing; it alone is divided by the number of images, and ordering's share is one of it. The two
together are `total`.

Shards: the first `--shard-images` images as a set in S shards of the same size, as real files; in
theory they cost log2 S bits an image. And a synthetic .npy, read shard by shard, that is larger
than the process that codes it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.data import bundled
from acncodec.images import load_dataset, open_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_for_data
from acncodec.run.progress import Progress, silent
from acncodec.run.settings import Run

MIB = 1 << 20
STREAM_SHARDS = 64
WARM_UP = 64


class Stages:
    """Seconds in each stage that a codec tells of."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._since = "start", time.perf_counter()

    def __call__(self, stage: str, _share: float) -> None:
        """The codec is in `stage` from now on."""
        now = time.perf_counter()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now


def ready(options: dict[str, Any], folder: Path) -> FrozenModel:
    """The bundled model, tested, and the loops of these options loaded: a few images go there and
    back."""
    source, archive = folder / "few.npz", folder / "few.acn"
    subset(WARM_UP, None, source)
    data = load_dataset(source)
    model = find_for_data(data.shape, data.levels)
    with archive.open("wb") as file:
        compress_dataset(data, model, CompressOptions(**options), file)
    with (folder / "back.npz").open("wb") as file, _opened(archive, model, options) as reader:
        reader.write_npz(file)
    return model


def _opened(
    path: Path, model: FrozenModel, options: dict[str, Any], stages: Progress = silent
) -> Reader:
    return Reader(path, [model], Run(options["threads"], progress=stages))


def work(task: dict[str, Any]) -> dict[str, Any]:
    """What a child process does: its start-up, and then one command, each timed."""
    path, options = Path(task["archive"]), task["options"]
    with tempfile.TemporaryDirectory() as name:
        model = ready(options | {"shard_size": None}, Path(name))
    result: dict[str, Any] = {"start_seconds": time.monotonic() - task["begun"]}
    stages, start = Stages(), time.perf_counter()
    if task["command"] == "compress":
        stages("reading", 0.0)
        source = Path(task["source"])
        stored = options.get("shard_size") is not None
        data = open_dataset(source) if stored else load_dataset(source)
        with path.open("wb") as file:
            stats = compress_dataset(data, model, CompressOptions(**options), file, stages)
        result |= {
            "ordering": stats.ordering, "nats_per_image": stats.nats_per_image,
            "file_bytes": stats.file_bytes,
        }  # fmt: skip
    elif task["command"] == "decompress":
        target = Path(task["target"])
        with target.open("wb") as file, _opened(path, model, options, stages) as reader:
            reader.write_npz(file)
    else:
        with _opened(path, model, options) as reader:
            parts = reader.part(*task["range"])[1]
        result["decoded"] = sum(part.decoded for part in parts)
    stages("end", 1.0)
    result |= {"seconds": time.perf_counter() - start, "peak_mib": peak_mib()}
    return result | {"stages": {name: round(spent, 3) for name, spent in stages.seconds.items()}}


def peak_mib() -> int:
    """The most memory that this process has had, MiB."""
    # ru_maxrss would count what the parent had, too.
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024)


def child(**task: Any) -> dict[str, Any]:
    """Run one task in a process of its own. Raises `SystemExit` if it fails."""
    # This clock is the same for all processes.
    task["begun"] = time.monotonic()
    line = [sys.executable, __file__, "--work", json.dumps(task)]
    done = subprocess.run(line, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"{task['command']} of {task['archive']} failed")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def subset(count: int, more: Path | None, path: Path) -> None:
    """Write the first `count` images. Raises `SystemExit` if there are not so many."""
    parts = [bundled()] if more is None else [bundled(), more]
    arrays = [np.load(part) for part in parts]
    joined = {name: np.concatenate([part[name] for part in arrays])[:count] for name in ("x", "y")}
    if len(joined["x"]) < count:
        raise SystemExit(f"there are only {len(joined['x'])} images; name others with --more")
    np.savez(path, **joined)


def growth(
    count: int, source: Path, folder: Path, ordering: str, options: argparse.Namespace
) -> dict[str, Any]:
    """One row: `count` images in one shard, there and back."""
    archive, back = folder / "a.acn", folder / "b.npz"
    chosen = {"order": options.order, "ordering": ordering, "threads": options.threads}
    packed = child(command="compress", source=str(source), archive=str(archive), options=chosen)
    unpacked = child(command="decompress", archive=str(archive), target=str(back), options=chosen)
    with np.load(source) as given, np.load(back) as got:
        restored = _rows(given) == _rows(got) if options.order == "any" else _same(given, got)
    return row(count, ordering, packed, unpacked) | {"restored_exactly": restored}


def row(count: int, asked: str, packed: dict[str, Any], unpacked: dict[str, Any]) -> dict[str, Any]:
    """The figures of one way there and back; seconds an image are without start-up."""
    ways = {"compress": packed, "decompress": unpacked}
    return {
        "images": count, "asked": asked, "ordering": packed["ordering"],
        "nats_per_image": packed["nats_per_image"], "file_bytes": packed["file_bytes"],
        "ordering_share": packed["stages"].get("ordering", 0.0) / packed["seconds"],
        **{f"{way}_seconds_per_image": found["seconds"] / count for way, found in ways.items()},
        **{f"{way}_start_seconds": found["start_seconds"] for way, found in ways.items()},
        **{
            f"{way}_total_seconds": found["start_seconds"] + found["seconds"]
            for way, found in ways.items()
        },
        **{f"{way}_peak_mib": found["peak_mib"] for way, found in ways.items()},
        **{f"{way}_stages": found["stages"] for way, found in ways.items()},
    }  # fmt: skip


def _rows(arrays: Any) -> list[tuple[bytes, int]]:
    return sorted(zip(map(bytes, arrays["x"]), arrays["y"].tolist(), strict=True))


def _same(given: Any, got: Any) -> bool:
    return all(np.array_equal(given[name], got[name]) for name in given.files)


def shards(count: int, numbers: list[int], folder: Path, threads: int) -> list[dict[str, Any]]:
    """The same set in more and more shards."""
    source, archive = folder / "set.npy", folder / "set.acn"
    with np.load(bundled()) as arrays:
        images = arrays["x"][:count]
    if len(images) < count:
        raise SystemExit(f"there are only {len(images)} bundled images")
    np.save(source, images)
    rows: list[dict[str, Any]] = []
    for number in numbers:
        chosen = {
            "order": "any", "ordering": "set", "threads": threads,
            "shard_size": -(-count // number),
        }  # fmt: skip
        packed = child(command="compress", source=str(source), archive=str(archive), options=chosen)
        one = child(command="range", archive=str(archive), range=(0, 1), options=chosen)
        rows.append(
            {
                "shards": number,
                "images": count,
                "nats_per_image": packed["nats_per_image"],
                "theory_nats": math.log(number),
                "compress_seconds": packed["seconds"],
                "one_image_seconds": one["seconds"],
                "one_image_decodes": one["decoded"],
            }
        )
    for row in rows:
        row["beyond_first_nats"] = row["nats_per_image"] - rows[0]["nats_per_image"]
    return rows


@contextmanager
def synthetic(path: Path, mib: int, images: np.ndarray) -> Iterator[int]:
    """An .npy of so many MiB: for each shard some real images, and black ones. Yields N."""
    item = images[0].nbytes
    size = -(-mib * MIB // (item * STREAM_SHARDS))
    count = size * STREAM_SHARDS
    array = np.lib.format.open_memmap(path, "w+", np.uint8, (count, *images.shape[1:]))
    array[::size] = images[:STREAM_SHARDS]
    array.flush()
    yield count
    path.unlink()


def stream(mib: int, folder: Path, threads: int) -> dict[str, Any]:
    """A synthetic set read, coded, decoded and written shard by shard."""
    source, archive, back = folder / "large.npy", folder / "large.acn", folder / "large.npz"
    with np.load(bundled()) as arrays:
        images = arrays["x"][:STREAM_SHARDS]
    with synthetic(source, mib, images) as count:
        size = count // STREAM_SHARDS
        chosen = {"order": "keep", "ordering": "iid", "threads": threads, "shard_size": size}
        packed = child(command="compress", source=str(source), archive=str(archive), options=chosen)
        unpacked = child(
            command="decompress", archive=str(archive), target=str(back), options=chosen
        )
        empty = child(command="range", archive=str(archive), range=(0, 1), options=chosen)
    return {
        "images": count, "data_mib": mib, "shards": STREAM_SHARDS, "threads": threads,
        "compress_peak_mib": packed["peak_mib"], "decompress_peak_mib": unpacked["peak_mib"],
        "one_image_peak_mib": empty["peak_mib"], "compress_seconds": packed["seconds"],
        "decompress_seconds": unpacked["seconds"],
    }  # fmt: skip


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--more", type=Path, help="an .npz with x and y, beyond the bundled images")
    parser.add_argument("--order", default="any", choices=["keep", "any"])
    parser.add_argument("--ordering", nargs="+", default=["auto", "set"])
    parser.add_argument("--shards", type=int, nargs="*", default=[1, 2, 4, 10, 20])
    parser.add_argument("--shard-images", type=int, default=10_000)
    parser.add_argument("--stream-mib", type=int, default=4096, help="0 leaves the stream out")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work is not None:
        print(json.dumps(work(json.loads(options.work))))
        return
    model: FrozenModel = find_for_data((1, 28, 28), 2)
    result: dict[str, Any] = {
        "kind": "scale", "model": model.name, "model_sha256": model.model_id.hex(),
        "threads": options.threads, "order": options.order,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "in.npz"
        subset(WARM_UP, None, source)
        for ordering in options.ordering:
            growth(WARM_UP, source, folder, ordering, options)  # compiles what is to be compiled
        rows = []
        for count in options.images:
            subset(count, options.more, source)
            rows += [
                growth(count, source, folder, ordering, options) for ordering in options.ordering
            ]
        result["rows"] = rows
        result["shards"] = shards(options.shard_images, options.shards, folder, options.threads)
        if options.stream_mib:
            result["stream"] = stream(options.stream_mib, folder, options.threads)
    print(json.dumps(result | provenance(), indent=2))


if __name__ == "__main__":
    main()
