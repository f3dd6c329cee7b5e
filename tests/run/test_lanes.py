"""Lanes: results in order, few at once, the same errors for any number of threads, and an end."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from acncodec.errors import CoderError
from acncodec.run.executor import Jobs
from acncodec.run.lanes import Lanes, executor
from acncodec.run.progress import Progress
from acncodec.run.settings import Run
from acncodec.run.workers import Workers

Models = Mapping[bytes, object]


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("shards", [1, 2, 5])
def test_results_come_in_order_and_few_at_once(threads: int, shards: int) -> None:
    lock, working, most = threading.Lock(), 0, 0

    def work(index: int, _models: Models, workers: Workers, _progress: Progress) -> int:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        total = sum(workers.map(lambda item: item, range(index + 1)))
        with lock:
            working -= 1
        return total

    with Lanes(Run(threads, 4), shards) as lanes:
        results = list(lanes.map(work, range(shards)))
    assert results == [index * (index + 1) // 2 for index in range(shards)]
    assert most <= min(threads, shards)


def test_no_shard_is_begun_that_there_is_no_room_for() -> None:
    begun: list[int] = []
    with Lanes(Run(2, 4), 9) as lanes:
        results = lanes.map(
            lambda index, _models, _workers, _progress: begun.append(index), range(9)
        )
        next(results)
        # One at hand, two in the making.
        assert len(begun) <= 3
        next(results)
        assert len(begun) <= 4
    assert len(begun) <= 4


def test_the_threads_are_divided() -> None:
    def own(_index: int, _models: Models, workers: Workers, _progress: Progress) -> int:
        return workers.threads

    for threads, shards, each in ((1, 3, 1), (2, 3, 1), (4, 2, 2), (5, 2, 2), (4, 1, 4)):
        with Lanes(Run(threads, 4), shards) as lanes:
            assert set(lanes.map(own, range(shards))) == {each}
            assert lanes.workers.threads == threads


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_first_shard_s_error_is_raised(threads: int) -> None:
    later = threading.Event()

    def work(index: int, _models: Models, _workers: Workers, _progress: Progress) -> int:
        if index == 1 and threads > 1:
            later.wait(10)  # until a later shard has failed
        if index == 2:
            later.set()
        if index in (1, 2):
            raise CoderError(f"shard {index}")
        return index

    found = []
    with pytest.raises(CoderError, match="shard 1"), Lanes(Run(threads, 4), 4) as lanes:
        found += list(lanes.map(work, range(4)))
    assert not found


def test_what_nobody_waits_for_ends() -> None:
    """As after Ctrl-C: the lanes that are at work notice it at their next step."""
    started = threading.Event()
    ended = []

    def work(index: int, _models: Models, workers: Workers, _progress: Progress) -> int:
        if index == 0:
            started.wait(10)
            return 0
        started.set()
        try:
            while True:
                workers.map(lambda item: item, [1])
        finally:
            ended.append(index)

    def interrupted() -> None:
        with Lanes(Run(2, 4), 6) as lanes:
            for _ in lanes.map(work, range(6)):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert set(ended) <= {1, 2} and 1 in ended


def test_progress_tells_the_first_unfinished_shard_and_the_share_of_all() -> None:
    told: list[tuple[str, float]] = []

    def work(index: int, _models: Models, _workers: Workers, progress: Progress) -> None:
        progress(f"begin {index}", 0.0)
        progress(f"end {index}", 1.0)

    for threads in (1, 2):
        told.clear()
        run = Run(threads, 4, progress=lambda stage, share: told.append((stage, share)))
        with Lanes(run, 2) as lanes:
            list(lanes.map(work, range(2)))
        assert told[0][0] == "begin 0"
        assert [share for _, share in told] == sorted(share for _, share in told)
        assert {stage for stage, _ in told} >= {"begin 0", "end 0"}
        if threads == 1:
            assert told == [("begin 0", 0.0), ("end 0", 0.5), ("begin 1", 0.5), ("end 1", 1.0)]


def test_jobs_have_the_models_that_there_are() -> None:
    def named(key: bytes, models: Models, _workers: Workers, _progress: Progress) -> object:
        return models[key]

    models = {b"a": 1, b"b": 2}
    for threads in (1, 2):
        with Lanes(Run(threads, 4), 3, models) as lanes:
            assert list(lanes.map(named, [b"b", b"a", b"b"])) == [2, 1, 2]


def test_a_job_is_made_when_it_is_begun() -> None:
    made: list[int] = []

    def make(index: int) -> int:
        made.append(index)
        return index

    def work(index: int, _models: Models, _workers: Workers, _progress: Progress) -> int:
        return index

    for threads in (1, 2):
        made.clear()
        with Lanes(Run(threads, 4), 5) as lanes:
            results = lanes.map(work, Jobs(make, 5))
            assert next(results) == 0 and len(made) <= 3
            assert list(results) == [1, 2, 3, 4] and made == [0, 1, 2, 3, 4]


def test_another_executor_is_begun_where_the_run_says_so() -> None:
    with executor(Run(1, 4), 2, {}) as usual:
        assert isinstance(usual, Lanes)
    begun: list[tuple[int, Models]] = []

    def begin(run: Run, shards: int, models: Models) -> Lanes[object]:
        begun.append((shards, models))
        return Lanes(run, shards, models)

    models = {b"a": 1}
    with executor(Run(1, 4, begin=begin), 2, models):
        pass
    assert begun == [(2, models)]
