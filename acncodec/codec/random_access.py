"""Images here and there: shards are decoded as far as they are needed, and are kept."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

import numpy as np

from acncodec.codec.decoder import Decoder
from acncodec.codec.shard_cache import CacheInfo, ShardCache
from acncodec.codec.written import Ints, Part, ShardState
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers


class RandomAccess:
    """Images of an archive by their places; of what is kept none is decoded twice.

    cache_bytes: of the shards that are kept (`ShardCache`).
    """

    def __init__(self, decoder: Decoder, cache_bytes: int) -> None:
        self._decoder, self._cache = decoder, ShardCache(decoder.open, cache_bytes)
        shards = decoder.shards
        self._ends = np.array([*accumulate(map(shards.count, range(len(shards))))], np.int64)

    @property
    def info(self) -> CacheInfo:
        """What was decoded, and what is kept."""
        return self._cache.info

    def images(self, rows: Ints) -> Part:
        """The images at these places within the archive, in this order. Raises as `Reader` does."""
        shard_of = np.searchsorted(self._ends, rows, side="right")
        indexes, first = np.unique(shard_of, return_index=True)
        indexes = indexes[np.argsort(first)]  # the last that is asked for is kept the longest
        asked = [np.flatnonzero(shard_of == index) for index in indexes]
        starts = [int(self._ends[index - 1]) if index else 0 for index in indexes]
        places = [rows[which] - start for which, start in zip(asked, starts, strict=True)]
        with self._cache.shards(indexes.tolist()) as states:
            lacking = [
                (int(index), state, wanted)
                for index, state, wanted in zip(indexes, states, places, strict=True)
                if state.lacks(wanted)
            ]
            if lacking:
                with self._decoder.at_work([index for index, _, _ in lacking]) as lanes:
                    for _ in lanes.map(_decode, [(state, wanted) for _, state, wanted in lacking]):
                        pass
            parts = [state.images(wanted) for state, wanted in zip(states, places, strict=True)]
        found = self._decoder.shards.joined(parts)
        return found[np.argsort(np.concatenate(asked))] if len(parts) > 1 else found


def _decode(
    job: tuple[ShardState, Ints], _models: Mapping[bytes, object], workers: Workers,
    progress: Progress,
) -> None:  # fmt: skip
    """Decode some images of a shard, which are kept in it."""
    state, rows = job
    state.decode(rows, workers, progress)
