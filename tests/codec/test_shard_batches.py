from __future__ import annotations

from itertools import chain, pairwise

import pytest

from acncodec.codec.shard_batches import ShardBatches
from acncodec.errors import DataError

COUNTS = (10, 10, 10, 10, 7)
TOTAL = sum(COUNTS)


def shard_of(row: int) -> int:
    return row // 10


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
@pytest.mark.parametrize("size", [1, 4, 10, 60])
def test_each_image_comes_once_an_epoch(workers: int, size: int) -> None:
    batches = ShardBatches(COUNTS, size, workers=workers, seed=3)
    epochs = [list(batches) for _ in range(2)]
    assert epochs[0] != epochs[1] or size == 60 > TOTAL
    for epoch in epochs:
        assert len(epoch) == len(batches) == -(-TOTAL // size)
        assert sorted(chain(*epoch)) == [*range(TOTAL)]
        assert sum(len(batch) < size for batch in epoch) <= 1


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_together_look_at_each_shard_once_and_at_few_twice(workers: int) -> None:
    """Batch i goes to worker i modulo their number."""
    for seed in range(20):
        epoch = list(ShardBatches(COUNTS, 3, workers=workers, seed=seed))
        begun = 0
        for worker in range(workers):
            rows = [shard_of(row) for row in chain(*epoch[worker::workers])]
            changes = [rows[0], *(b for a, b in pairwise(rows) if a != b)]
            assert len(changes) == len(set(changes))  # none is come back to
            begun += len(changes)
        assert len(COUNTS) <= begun <= len(COUNTS) + workers - 1


def test_the_order_is_the_seed_s_and_the_epoch_s() -> None:
    given = ShardBatches(COUNTS, 4, seed=5)
    first, second = list(given), list(given)
    assert first == list(ShardBatches(COUNTS, 4, seed=5)) != list(ShardBatches(COUNTS, 4, seed=6))
    given.set_epoch(1)
    assert list(given) == second
    assert {shard_of(row) for row in chain(*first[:2])} != {0}
    plain = list(ShardBatches(COUNTS, 4, shuffle=False))
    assert [*chain(*plain)] == [*range(TOTAL)]
    assert plain == list(ShardBatches(COUNTS, 4, shuffle=False, seed=9))


def test_the_last_batch_may_be_left_out() -> None:
    batches = ShardBatches(COUNTS, 10, workers=2, drop_last=True)
    epoch = list(batches)
    assert len(epoch) == len(batches) == 4 and {len(batch) for batch in epoch} == {10}
    assert len(ShardBatches((), 10)) == 0 and list(ShardBatches((), 10)) == []


def test_nothing_less_than_one() -> None:
    for bad in ({"batch_size": 0}, {"batch_size": 1, "workers": 0}):
        with pytest.raises(DataError, match="at least 1"):
            ShardBatches(COUNTS, **bad)
