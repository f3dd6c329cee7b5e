"""A set in shards on a Ray cluster of two machines beside the same here, as JSON.

    python bench/ray_beside.py PART [--more FILE] > bench/results/ray/PART.json

The machines are two of `ray.cluster_utils.Cluster`, with a processor each, on this one; without
them, two threads. Beyond the 10,000 bundled images they are those of `--more` (see
`bench/subset.py`). Each part is measured, and committed, by itself:

    beside    two threads (`here`) and the cluster (`ray`), there and back
    killed    the cluster, the process of a shard killed in the middle of compression
    lost      the same, a machine taken away in the middle
    memory    a synthetic .npy of `--mib` MiB, compressed in the orders `keep` and `any`

Each way is gone by a process of its own, which says its peak memory (the workers' is not in it) and
its times: `start_seconds`, until the cluster is there and a few images went through it, and those
of either way. Archives of the same images must be the same (`file_sha256`), in all parts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from ray_stumbles import Killed, Stranded
from scale import MIB, STREAM_SHARDS, peak_mib, synthetic

from acncodec.analysis.provenance import provenance
from acncodec.cluster.ray_cluster import RayCluster
from acncodec.cluster.ray_executor import RayExecutor
from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.data import bundled
from acncodec.images import open_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_for_data
from acncodec.run.settings import Begin, Run

MACHINES = 2
WARM_UP = 64
SAMPLES = 28 * 28
TRACES = {"killed": "killed", "lost": "stranded"}
"""Files that are there when it happened."""
PARTS = {"beside": ("here", "ray"), "killed": ("killed",), "lost": ("lost",)}
"""The ways of each part; there is one more part, of memory."""
MEMORY = "memory"
PLANS = {"keep": "iid", "any": "set"}
"""How images are ordered."""


class Stumbling(RayExecutor):
    """An executor whose work is made to stumble."""

    def __init__(self, stumble: Callable[[Any], Any], *rest: Any) -> None:
        super().__init__(*rest)
        self._stumble = stumble

    def map(self, work: Any, jobs: Sequence[Any]) -> Iterator[Any]:
        """As without, but for that."""
        return super().map(self._stumble(work), jobs)


@contextmanager
def two_machines() -> Iterator[tuple[Any, RayCluster]]:
    """Two machines, and the cluster that they are."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # Else whatever runs beside them comes first: Ray has them wait for it.
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 as Ray spells it
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    from ray.cluster_utils import Cluster

    machines = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    try:
        for _ in range(MACHINES - 1):
            machines.add_node(num_cpus=1)
        with RayCluster(machines.address) as cluster:
            yield machines, cluster
    finally:
        machines.shutdown()


def stumbling(way: str, machines: Any, cluster: RayCluster, folder: Path, shard: int) -> Begin:
    """The cluster, on which a process or a machine is lost when it comes to a shard."""
    home = cluster.ray.get_runtime_context().get_node_id()

    def remove() -> None:
        told = folder / "stranded"
        while not (told.exists() and told.read_text()):
            time.sleep(0.05)
        lost = told.read_text()
        (node,) = [one for one in machines.list_all_nodes() if one.node_id == lost]
        machines.remove_node(node, allow_graceful=False)

    if way == "lost":
        threading.Thread(target=remove, daemon=True).start()

    def stumble(work: Any) -> Any:
        if way == "lost":
            return Stranded(work, folder, shard, home)
        return Killed(work, folder, shard)

    def begin(run: Run, shards: int, models: Mapping[bytes, FrozenModel]) -> RayExecutor:
        return Stumbling(stumble, cluster, run, shards, models)

    return begin


def compress(
    source: Path, target: Path, model: FrozenModel, size: int, order: str, begin: Any
) -> None:
    """A set as an archive."""
    options = CompressOptions(
        order, PLANS[order], threads=MACHINES, shard_size=size, begin=begin, allow_large=True
    )
    with target.open("wb") as file:
        compress_dataset(open_dataset(source), model, options, file)


def decompress(source: Path, target: Path, model: FrozenModel, begin: Any) -> None:
    """An archive as an .npz."""
    run = Run(MACHINES, allow_large=True, begin=begin)
    with target.open("wb") as file, Reader(source, [model], run) as archive:
        archive.write_npz(file)


def there_and_back(task: dict[str, Any], folder: Path, begin: Any, stumble: Any) -> dict[str, Any]:
    """What a way takes; begin: for what is to be ready, stumble: for the set itself."""
    model = find_for_data((1, 28, 28), 2)
    few, archive, back = folder / "few.npy", folder / "few.acn", folder / "back.npz"
    order = task["order"]
    np.save(few, np.load(task["source"], mmap_mode="r")[:WARM_UP])
    compress(few, archive, model, WARM_UP // MACHINES, order, begin)
    decompress(archive, back, model, begin)
    ready = time.monotonic()
    archive = folder / "set.acn"
    compress(Path(task["source"]), archive, model, task["size"], order, stumble)
    packed = time.monotonic()
    found = {
        "way": task["way"], "order": order, "start_seconds": ready - task["begun"],
        "compress_seconds": packed - ready,
    }  # fmt: skip
    if task["and_back"]:
        decompress(archive, back, model, begin)
        found["decompress_seconds"] = time.monotonic() - packed
    return found | {
        "peak_mib": peak_mib(), "file_bytes": archive.stat().st_size,
        "file_sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
    }  # fmt: skip


def work(task: dict[str, Any]) -> dict[str, Any]:
    """What a child process does. Raises `SystemExit` where nothing stumbled that should have."""
    way = task["way"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if way == "here":
            return there_and_back(task, folder, None, None)
        with two_machines() as (machines, cluster):
            if way == "ray":
                return there_and_back(task, folder, cluster, cluster)
            middle = task["shards"] // 2
            begin = stumbling(way, machines, cluster, folder, middle)
            found = there_and_back(task, folder, cluster, begin)
            if not (folder / TRACES[way]).exists():
                raise SystemExit(f"{way}: nothing was")
            return found


def child(**task: Any) -> dict[str, Any]:
    """Do one task in a process of its own. Raises `SystemExit` if it fails."""
    task["begun"] = time.monotonic()  # this clock is the same for all processes
    line = [sys.executable, __file__, "--work", json.dumps(task)]
    done = subprocess.run(line, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"{task['way']} failed")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def both_ways(part: str, source: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The ways of a part. Raises `SystemExit` where their archives differ."""
    np.save(source, images_of(options.images, options.more))
    size = -(-options.images // options.shards)
    rows = [
        child(
            way=way, source=str(source), size=size, shards=options.shards, order="any",
            and_back=part == "beside",
        )
        for way in PARTS[part]
    ]  # fmt: skip
    if len({row["file_sha256"] for row in rows}) != 1:
        raise SystemExit("the archives differ")
    return rows


def of_memory(source: Path, mib: int) -> tuple[int, list[dict[str, Any]]]:
    """The number of images of a large set, and what compressing it takes."""
    with synthetic(source, mib, images_of(STREAM_SHARDS, None)) as count:
        size = count // STREAM_SHARDS
        return count, [
            child(
                way="ray", source=str(source), size=size, shards=STREAM_SHARDS, order=order,
                and_back=False,
            )
            for order in PLANS
        ]  # fmt: skip


def images_of(count: int, more: Path | None) -> np.ndarray:
    """The first `count` images. Raises `SystemExit` if there are not so many."""
    parts = [np.load(part)["x"] for part in (bundled(), more) if part is not None]
    images = np.concatenate(parts)[:count]
    if len(images) < count:
        raise SystemExit(f"there are only {len(images)} images; name others with --more")
    return images


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=(*PARTS, MEMORY), nargs="?")
    parser.add_argument("--images", type=int, default=70_000)
    parser.add_argument("--shards", type=int, default=14)
    parser.add_argument("--more", type=Path, help="an .npz with x, beyond the bundled images")
    parser.add_argument("--mib", type=int, default=4096, help="of the set of the part `memory`")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work is not None:
        print(json.dumps(work(json.loads(options.work))))
        return
    if options.part is None:
        parser.error("name a part")
    images, shards = options.images, options.shards
    with tempfile.TemporaryDirectory() as name:
        source = Path(name, "set.npy")
        if options.part == MEMORY:
            shards = STREAM_SHARDS
            images, rows = of_memory(source, options.mib)
        else:
            rows = both_ways(options.part, source, options)
    result: dict[str, Any] = {
        "kind": "ray_beside", "part": options.part, "images": images, "shards": shards,
        "machines": MACHINES, "data_mib": images * SAMPLES / MIB, "rows": rows, **provenance(),
    }  # fmt: skip
    result["versions"]["ray"] = version("ray")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
