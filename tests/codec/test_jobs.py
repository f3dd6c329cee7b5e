"""Shards as jobs: what is sent elsewhere does the same there."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import blobs

from acncodec.codec import CompressOptions, compress, compress_dataset
from acncodec.codec.pop_jobs import PopWhole, pop_jobs, pop_shards
from acncodec.codec.push_jobs import PushShards, decide, push_jobs
from acncodec.codec.uniform_shards import UniformShards
from acncodec.container import read_archive
from acncodec.container.stored_costs import stored_costs
from acncodec.errors import FormatError
from acncodec.images import open_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.ordering import strategies
from acncodec.run.executor import Executor
from acncodec.run.lanes import Lanes
from acncodec.run.progress import silent
from acncodec.run.settings import Run
from acncodec.run.workers import Workers
from acncodec.shards.arrange import Shards, arrange_images
from acncodec.shards.push import PlannedShard

COUNT, SHARD = 50, 20


def sent(value: Any) -> Any:
    """As another process has it."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.npy"
    np.save(path, blobs(COUNT, 3)[:, 0])
    return path


@pytest.mark.parametrize("ordering", ["auto", "tour"])
def test_shards_that_are_coded_elsewhere_are_the_same(
    tiny_model: FrozenModel, source: Path, ordering: str
) -> None:
    options, file = CompressOptions("keep", ordering, threads=1, shard_size=SHARD), io.BytesIO()
    compress_dataset(open_dataset(source), tiny_model, options, file)
    archive = read_archive(io.BytesIO(file.getvalue()))
    data = open_dataset(source)
    shards, models = Shards(data, True, SHARD), {tiny_model.model_id: tiny_model}
    with Workers(1, 64) as workers:
        first = decide(shards, tiny_model, options, workers, silent)
        work = PushShards(
            data.shape, data.levels, tiny_model.model_id, options.planning, options.coder,
            first.plan.strategy, True,
        )  # fmt: skip
        for job in push_jobs(shards, first):
            there = sent(job.sent(carrying=False))
            coded = sent(sent(work)(there, models, workers, silent))
            assert coded.payload == archive.stack(job.shard)
            assert coded.header == archive.uniform.shards[job.shard]
            pixels = arrange_images(shards.excerpt(job.shard).read(), shards.kind, True).pixels
            assert np.array_equal(coded.stored_bits, stored_costs(list(pixels), 2))


def test_a_data_set_on_the_disk_goes_by_its_path(tiny_model: FrozenModel, source: Path) -> None:
    data = open_dataset(source)
    content = pickle.dumps(data)
    assert b"a.npy" in content and len(content) < COUNT * 64  # bytes of the images
    assert np.array_equal(sent(data).take(slice(3, 9)), data.take(slice(3, 9)))


def test_shards_that_are_decoded_elsewhere_are_the_same(
    tiny_model: FrozenModel, source: Path
) -> None:
    data, file = open_dataset(source), io.BytesIO()
    compress_dataset(data, tiny_model, CompressOptions(shard_size=SHARD), file)
    archive = read_archive(io.BytesIO(file.getvalue()))
    pop = pop_shards(UniformShards(archive.uniform), archive, [tiny_model])
    models = {tiny_model.model_id: tiny_model}
    pieces = [(index, None) for index in range(3)] + [(index, slice(1, 4)) for index in range(3)]
    jobs = pop_jobs(archive, pieces)
    with Workers(1, 64) as workers:
        for index, start in enumerate(range(0, COUNT, SHARD)):
            found = sent(sent(pop)(sent(jobs[index]), models, workers, silent))
            assert np.array_equal(found.images, data.take(slice(start, start + SHARD)))
            part = sent(pop)(sent(jobs[3 + index]), models, workers, silent)
            assert np.array_equal(part.images, data.take(slice(start + 1, start + 4)))
        without = read_archive(io.BytesIO(file.getvalue()), [0])
        error = PopWhole(pop)(pop_jobs(without, pieces)[1], models, workers, silent)
    assert isinstance(error, FormatError) and "shard 1: its stack" in str(error)


def test_threads_are_an_executor() -> None:
    with Lanes(Run(2), 3) as lanes:
        executor: Executor[object] = lanes
        assert list(executor.map(lambda job, _models, _workers, _tell: 2 * job, [5, 3, 1])) == [
            10,
            6,
            2,
        ]
        assert executor.workers.threads == 2


def test_a_job_holds_nothing_of_the_model(tiny_model: FrozenModel, source: Path) -> None:
    options = CompressOptions("keep", threads=1, shard_size=SHARD)
    shards = Shards(open_dataset(source), True, SHARD)
    with Workers(1, 64) as workers:
        first = decide(shards, tiny_model, options, workers, silent)
    bare = [pickle.dumps(job.sent(carrying=False)) for job in push_jobs(shards, first)]
    assert all(b"FrozenModel" not in job and b"Gaussian" not in job for job in bare)
    assert max(map(len, bare)) < len(pickle.dumps(tiny_model)) / 2


def test_a_shard_that_is_too_large_for_the_first_ones_strategy_has_its_own(
    tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody asked for it. The first shard has many equal images, so few different ones."""
    images = np.concatenate([np.zeros((18, 8, 8), np.uint8), blobs(42, 3)[:, 0]])
    np.save(tmp_path / "a.npy", images)
    monkeypatch.setattr(strategies.Urn, "most", 10)

    def decide(
        shards: Shards, model: FrozenModel, options: CompressOptions, *rest: Any
    ) -> PlannedShard[Any]:
        return first(shards, model, replace(options, ordering="urn"), *rest)

    first = compress.decide
    monkeypatch.setattr(compress, "decide", decide)
    options, file = CompressOptions("any", threads=1, shard_size=SHARD), io.BytesIO()
    compress_dataset(open_dataset(tmp_path / "a.npy"), tiny_model, options, file)
    archive = read_archive(io.BytesIO(file.getvalue()))
    found = [(shard.distinct <= 10, shard.strategy == "urn") for shard in archive.uniform.shards]
    assert found[0] == (True, True) and set(found[1:]) == {(False, False)}
