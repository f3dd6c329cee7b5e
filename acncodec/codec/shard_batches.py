"""Batches of images in an order in which no shard need be decoded twice, for one worker or more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError

Ints = NDArray[np.int64]


class ShardBatches:
    """A `batch_sampler` for a DataLoader: each image once an epoch, shard after shard; shards in
    random order, and the images of each.

    A DataLoader hands its batches to its workers in turn. So the epoch is cut into one stretch of
    batches a worker, and batches are given from the stretches in turn: all workers together decode
    the shards once, and at most `workers - 1` of them twice, on which two stretches meet.

    Args:
        counts: how many images each shard has.
        batch_size: images in a batch; the last one may have fewer.
        workers: as `num_workers` of the DataLoader, or 1 where that is 0.
        shuffle: whether the order is random; else it is that of the archive.
        drop_last: leave the last batch out where it is not full.
        seed: of the order; each epoch (each time this is gone through) has another.

    Raises:
        DataError: a size or number below 1.
    """

    def __init__(
        self, counts: Sequence[int], batch_size: int, *, workers: int = 1, shuffle: bool = True,
        drop_last: bool = False, seed: int = 0,
    ) -> None:  # fmt: skip
        if batch_size < 1 or workers < 1:
            raise DataError("a batch has at least 1 image, and there is at least 1 worker")
        self._counts, self._size, self._workers = tuple(counts), batch_size, workers
        self._shuffle, self._drop_last, self._seed = shuffle, drop_last, seed
        self._epoch = 0

    def __len__(self) -> int:
        whole, rest = divmod(sum(self._counts), self._size)
        return whole + (rest > 0 and not self._drop_last)

    def set_epoch(self, epoch: int) -> None:
        """The epoch that comes next, counted from 0: for a run that goes on."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        order = self._order()
        self._epoch += 1
        count = len(self)
        shortest, longer = divmod(count, self._workers)
        lengths = [shortest + (worker < longer) for worker in range(self._workers)]
        starts = np.cumsum([0, *lengths[:-1]]).tolist()
        for turn in range(shortest + (longer > 0)):
            for start, length in zip(starts, lengths, strict=True):
                if turn < length:
                    first = (start + turn) * self._size
                    yield order[first : first + self._size].tolist()

    def _order(self) -> Ints:
        """All images in the order of the epoch."""
        ends = np.cumsum(self._counts, dtype=np.int64).tolist()
        shards = [
            np.arange(end - count, end) for end, count in zip(ends, self._counts, strict=True)
        ]
        if self._shuffle:
            rng = np.random.default_rng([self._seed, self._epoch])
            shards = [rng.permutation(shards[index]) for index in rng.permutation(len(shards))]
        return np.concatenate([np.zeros(0, np.int64), *shards])
