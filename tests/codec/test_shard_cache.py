"""What a cache of shards keeps, and how much is decoded for looking at images in some order."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from tiny import blobs

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.shard_cache import CacheInfo, ShardCache
from acncodec.codec.shard_state import Ints, OpenShard, Progress
from acncodec.container import Archive, read_archive
from acncodec.errors import CorruptionError
from acncodec.images import DataSet, ImageSpec
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers

COUNT, SHARD = 240, 24


def silent(_stage: str, _share: float) -> None:
    return None


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


def look(
    archive: Archive, model: FrozenModel, pixels: np.ndarray, workers: Workers, order: np.ndarray,
    max_bytes: int,
) -> CacheInfo:  # fmt: skip
    """Look at one image after the other; each is what it should be."""
    cache = ShardCache(lambda index: OpenShard(archive, index, model), max_bytes)
    for row in order.tolist():
        shard, place = divmod(row, SHARD)
        found = cache.images(shard, np.array([place]), workers, silent)
        assert np.array_equal(found, pixels[[row]])
    return cache.info


def epoch(seed: int) -> np.ndarray:
    """All images, shards in random order and images within shards too."""
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [shard * SHARD + rng.permutation(SHARD) for shard in rng.permutation(COUNT // SHARD)]
    )


def test_an_epoch_shard_by_shard_costs_one_decompression(
    archive: Archive, tiny_model: FrozenModel, pixels: np.ndarray, workers: Workers
) -> None:
    """Though a single shard is kept."""
    info = look(archive, tiny_model, pixels, workers, epoch(1), max_bytes=0)
    assert (info.decoded, info.misses, info.shards) == (COUNT, COUNT // SHARD, 1)
    assert info.hits == COUNT - COUNT // SHARD


def test_an_epoch_all_over_costs_one_decompression_where_all_shards_are_kept(
    archive: Archive, tiny_model: FrozenModel, pixels: np.ndarray, workers: Workers
) -> None:
    order = np.random.default_rng(2).permutation(COUNT)
    room = COUNT * 64 + archive.file_bytes  # stacks are kept while images are missing
    info = look(archive, tiny_model, pixels, workers, order, room)
    assert (info.decoded, info.shards) == (COUNT, COUNT // SHARD)
    again = look(archive, tiny_model, pixels, workers, np.tile(order, 3), room)
    assert again.decoded == COUNT


def test_what_was_looked_at_last_is_kept_up_to_the_bound(
    archive: Archive, tiny_model: FrozenModel, pixels: np.ndarray, workers: Workers
) -> None:
    bound = 2 * SHARD * 64 + len(archive.stack(0)) + len(archive.stack(1))
    cache = ShardCache(lambda index: OpenShard(archive, index, tiny_model), bound)
    asked = []
    for shard in (0, 1, 0, 2, 0, 1):
        before = cache.info.misses
        cache.images(shard, np.arange(SHARD), workers, silent)
        asked.append(cache.info.misses - before)
        assert cache.info.nbytes <= bound and cache.info.shards <= 2
    assert asked == [1, 1, 0, 1, 0, 1]
    order = np.random.default_rng(2).permutation(COUNT)
    assert look(archive, tiny_model, pixels, workers, order, bound).decoded > COUNT


def test_a_shard_that_fails_is_not_kept(
    archive: Archive, tiny_model: FrozenModel, pixels: np.ndarray, workers: Workers
) -> None:
    class Failing(OpenShard):
        def images(self, rows: Ints, workers: Workers, progress: Progress) -> np.ndarray:
            super().images(rows, workers, progress)
            raise CorruptionError("so it is said")

    kinds = iter([Failing, OpenShard])
    cache = ShardCache(lambda index: next(kinds)(archive, index, tiny_model))
    with pytest.raises(CorruptionError):
        cache.images(0, np.arange(SHARD), workers, silent)
    assert (cache.info.shards, cache.info.decoded) == (0, SHARD)
    assert np.array_equal(cache.images(0, np.arange(SHARD), workers, silent), pixels[:SHARD])
    assert (cache.info.misses, cache.info.decoded) == (2, 2 * SHARD)
