"""The executor on a Ray of one process: what is begun for one call is none of the next one's."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from fake_ray import FakeRay

from acncodec.cluster.ray_cluster import RayCluster
from acncodec.cluster.ray_executor import RayExecutor
from acncodec.errors import ClusterError, TooFewBitsError
from acncodec.models.frozen import FrozenModel
from acncodec.run.progress import Progress
from acncodec.run.settings import Run
from acncodec.run.workers import Workers


@dataclass(frozen=True)
class Job:
    """A job that is a number."""

    number: int

    def sent(self, *, carrying: bool) -> Job:
        assert not carrying
        return self


@dataclass(frozen=True)
class Work:
    """Its number and a word, but that one of them fails."""

    word: str
    failing: int | None = None

    def __call__(
        self, job: Job, _models: Mapping[bytes, FrozenModel], _workers: Workers, _tell: Progress
    ) -> tuple[str, int]:
        if job.number == self.failing:
            raise TooFewBitsError("it costs too little")
        return self.word, job.number


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    fake = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", fake)
    return fake


def executor(ray: FakeRay) -> RayExecutor:
    cluster: Any = SimpleNamespace(
        ray=ray, is_lost=False, places=lambda _shards, gpus: (1, 1), check=lambda: None
    )
    return RayExecutor(cluster, Run(1), 4, {})


JOBS = [Job(number) for number in range(4)]


def test_results_come_in_order(ray: FakeRay) -> None:
    with executor(ray) as lanes:
        assert list(lanes.map(Work("a"), JOBS)) == [("a", number) for number in range(4)]
    assert not ray.cancelled


@pytest.mark.parametrize("failing", range(4))
def test_after_an_error_the_next_call_begins_anew(ray: FakeRay, failing: int) -> None:
    with executor(ray) as lanes:
        with pytest.raises(TooFewBitsError):
            list(lanes.map(Work("a", failing), JOBS))
        assert list(lanes.map(Work("b"), JOBS)) == [("b", number) for number in range(4)]
    assert len(ray.cancelled) == min(1, 3 - failing)  # of two that are begun one has failed


def test_a_call_that_is_left_in_the_middle_leaves_nothing(ray: FakeRay) -> None:
    with executor(ray) as lanes:
        first = lanes.map(Work("a"), JOBS)
        assert next(first) == ("a", 0)
        assert list(lanes.map(Work("b"), JOBS[:2])) == [("b", 0), ("b", 1)]


@pytest.mark.parametrize(
    ("nodes", "gpus", "wanted"),
    [
        ([{"CPU": 4.0}, {"CPU": 2.0, "GPU": 1.0}], False, (6, 1)),
        ([{"CPU": 4.0}, {"CPU": 2.0, "GPU": 1.0}], True, (2, 1)),
        ([{"CPU": 4.0}], True, None),
        ([{"GPU": 4.0}], False, None),
        ([{"CPU": 4.0, "GPU": 0.0}], True, None),
    ],
)
def test_places_are_where_a_job_can_be_done(
    nodes: list[dict[str, float]], gpus: bool, wanted: tuple[int, int] | None
) -> None:
    cluster = RayCluster.__new__(RayCluster)
    cluster.ray, cluster.address = FakeRay(nodes), "there"  # type: ignore[misc]
    if wanted is None:
        with pytest.raises(ClusterError, match=r"no processor.* for shards"):
            cluster.places(20, gpus=gpus)
    else:
        assert cluster.places(20, gpus=gpus) == wanted
