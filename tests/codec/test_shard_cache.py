"""What a cache of shards keeps, and what it counts."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from tiny import blobs

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.shard_cache import ShardCache
from acncodec.codec.shard_state import OpenShard
from acncodec.codec.written import Ints
from acncodec.container import Archive, read_archive
from acncodec.errors import CorruptionError
from acncodec.images import DataSet, ImageSpec
from acncodec.models.frozen import FrozenModel
from acncodec.run.progress import Progress, silent
from acncodec.run.workers import Workers

COUNT, SHARD = 72, 24


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """Images of which no two are the same."""
    found = np.unique(blobs(2 * COUNT, 3), axis=0)
    return found[np.random.default_rng(0).permutation(len(found))[:COUNT]]


@pytest.fixture(scope="module")
def archive(tiny_model: FrozenModel, pixels: np.ndarray) -> Archive:
    file = io.BytesIO()
    data = DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)))
    options = CompressOptions("keep", "iid", threads=1, shard_size=SHARD)
    compress_dataset(data, tiny_model, options, file)
    return read_archive(file)


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(1, 64) as workers:
        yield workers


def decoded(cache: ShardCache, shard: int, rows: np.ndarray, workers: Workers) -> np.ndarray:
    """Some images of a shard."""
    with cache.shards([shard]) as (state,):
        state.decode(rows, workers, silent)
        return state.images(rows)


def test_what_was_looked_at_last_is_kept_up_to_the_bound(
    archive: Archive, tiny_model: FrozenModel, pixels: np.ndarray, workers: Workers
) -> None:
    bound = 2 * SHARD * 64 + len(archive.stack(0)) + len(archive.stack(1))
    cache = ShardCache(lambda index: OpenShard(archive, index, tiny_model), bound)
    asked = []
    for shard in (0, 1, 0, 2, 0, 1):
        before = cache.info.misses
        found = decoded(cache, shard, np.arange(SHARD), workers)
        assert np.array_equal(found, pixels[shard * SHARD : (shard + 1) * SHARD])
        asked.append(cache.info.misses - before)
        assert cache.info.nbytes <= bound and cache.info.shards <= 2
    assert asked == [1, 1, 0, 1, 0, 1]
    assert (cache.info.hits, cache.info.decoded) == (2, 4 * SHARD)


def test_the_last_one_is_kept_whatever_its_size(
    archive: Archive, tiny_model: FrozenModel, workers: Workers
) -> None:
    cache = ShardCache(lambda index: OpenShard(archive, index, tiny_model), 0)
    with cache.shards([0, 1, 2]) as states:
        assert len(states) == 3
    assert cache.info.shards == 1
    decoded(cache, 2, np.arange(1), workers)
    assert (cache.info.hits, cache.info.misses) == (1, 3)


def test_a_shard_that_fails_is_not_kept_and_what_it_cost_is_counted(
    archive: Archive, tiny_model: FrozenModel, pixels: np.ndarray, workers: Workers
) -> None:
    class Failing(OpenShard):
        def decode(self, rows: Ints, workers: Workers, progress: Progress) -> None:
            super().decode(rows, workers, progress)
            raise CorruptionError("so it is said")

    kinds = iter([Failing, OpenShard])
    cache = ShardCache(lambda index: next(kinds)(archive, index, tiny_model))
    with pytest.raises(CorruptionError):
        decoded(cache, 0, np.arange(SHARD), workers)
    assert (cache.info.shards, cache.info.decoded) == (0, SHARD)
    assert np.array_equal(decoded(cache, 0, np.arange(SHARD), workers), pixels[:SHARD])
    assert (cache.info.misses, cache.info.decoded) == (2, 2 * SHARD)
