"""Shards on a Ray cluster of two machines: the same bytes as here, whoever dies meanwhile."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from level_sets import tiny_resnet
from reading import decoded, salvaged, verified
from stumbling import Blind, Killed, Numbered, Stranded, told
from tiny import blobs

from acncodec.cluster.ray_cluster import RayCluster
from acncodec.cluster.ray_executor import RayExecutor
from acncodec.codec import CompressOptions
from acncodec.codec.compare import same_data
from acncodec.codec.compress_set import compress_set
from acncodec.errors import CoderError
from acncodec.images import load_any, open_any
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Begin, Run

COUNT, SHARD = 60, 10

pytestmark = pytest.mark.timeout(900)
"""Workers load, and at their first time compile, what a shard needs."""


@pytest.fixture(scope="module")
def cluster(machines: Any) -> Iterator[RayCluster]:
    with RayCluster(machines.address) as found:
        yield found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A set of one shape that lies on the disk."""
    np.save(tmp_path / "a.npy", blobs(COUNT, 3)[:, 0])
    return tmp_path / "a.npy"


def archive(source: Path, models: list[FrozenModel], begin: Begin | None, **options: Any) -> bytes:
    file = io.BytesIO()
    chosen = CompressOptions(threads=1, shard_size=SHARD, begin=begin, **options)
    compress_set(open_any(source), models, chosen, file)
    return file.getvalue()


class Stumbling(RayExecutor):
    """An executor whose work is made to stumble."""

    def __init__(self, stumble: Any, *rest: Any) -> None:
        super().__init__(*rest)
        self._stumble = stumble

    def map(self, work: Any, jobs: Sequence[Any]) -> Iterator[Any]:
        return super().map(self._stumble(work), jobs)


def stumbling(cluster: RayCluster, stumble: Any) -> Begin:
    def begin(run: Run, shards: int, models: Mapping[bytes, FrozenModel]) -> RayExecutor:
        return Stumbling(stumble, cluster, run, shards, models)

    return begin


@pytest.mark.parametrize("order", ["keep", "any"])
def test_a_set_of_one_shape_is_the_same_there_and_back(
    cluster: RayCluster, source: Path, tiny_model: FrozenModel, tmp_path: Path, order: str
) -> None:
    here = archive(source, [tiny_model], None, order=order)
    assert archive(source, [tiny_model], cluster, order=order) == here
    path, run = tmp_path / "a.acn", Run(1, begin=cluster)
    path.write_bytes(here)
    assert same_data(load_any(source), decoded(path, tiny_model, run), order)
    assert verified(path, tiny_model, run).images == COUNT
    assert salvaged(path, tiny_model, run)[1].is_none


def test_pictures_of_several_shapes_are_the_same_there(cluster: RayCluster, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(5)
    (tmp_path / "in").mkdir()
    for number in range(24):
        shape = ((6, 9), (8, 7), (5, 5, 3))[number % 3]
        samples = rng.integers(0, 4, shape).astype(np.uint8)
        image.fromarray(samples).save(tmp_path / "in" / f"{number:02}.png")
    models = [tiny_resnet(1, seed=7), tiny_resnet(3, seed=7)]
    here = archive(tmp_path / "in", models, None)
    assert archive(tmp_path / "in", models, cluster) == here


def test_jobs_are_done_by_several_in_order_and_the_first_error_is_raised(
    cluster: RayCluster,
) -> None:
    jobs = [Numbered(number) for number in (0, 1, 2, 5, 6, 7, 3, 4)]
    with cluster(Run(1), len(jobs), {}) as executor, pytest.raises(CoderError, match="job 3"):
        list(executor.map(told, jobs))
    shares: list[float] = []
    run = Run(1, progress=lambda _stage, share: shares.append(share))
    with cluster(run, 6, {}) as executor:
        found = list(executor.map(told, jobs[:6]))
    assert [number for number, _, _ in found] == [0, 1, 2, 5, 6, 7]
    assert {threads for _, threads, _ in found} == {1}
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] >= 5 / 6


def test_a_worker_that_is_killed_changes_no_byte(
    cluster: RayCluster, source: Path, tiny_model: FrozenModel, tmp_path: Path
) -> None:
    begin = stumbling(cluster, lambda work: Killed(work, tmp_path))
    here = archive(source, [tiny_model], None)
    assert archive(source, [tiny_model], begin) == here
    assert (tmp_path / "killed").exists()


def test_images_go_along_where_they_cannot_be_read(
    cluster: RayCluster, source: Path, tiny_model: FrozenModel, tmp_path: Path
) -> None:
    begin = stumbling(cluster, lambda work: Blind(work, tmp_path))
    here = archive(source, [tiny_model], None)
    assert archive(source, [tiny_model], begin) == here
    assert (tmp_path / "blind").exists()


def test_a_machine_that_is_lost_changes_no_byte(
    cluster: RayCluster, machines: Any, source: Path, tiny_model: FrozenModel, tmp_path: Path
) -> None:
    home = cluster.ray.get_runtime_context().get_node_id()
    removed: list[str] = []

    def remove() -> None:
        for _ in range(1200):
            if (tmp_path / "stranded").exists() and (tmp_path / "stranded").read_text():
                break
            time.sleep(0.1)
        lost = (tmp_path / "stranded").read_text()
        (node,) = [one for one in machines.list_all_nodes() if one.node_id == lost]
        machines.remove_node(node, allow_graceful=False)
        removed.append(lost)

    helper = threading.Thread(target=remove)
    helper.start()
    begin = stumbling(cluster, lambda work: Stranded(work, tmp_path, home))
    here = archive(source, [tiny_model], None)
    try:
        assert archive(source, [tiny_model], begin) == here
    finally:
        helper.join()
    assert len(removed) == 1 and removed[0] != home
