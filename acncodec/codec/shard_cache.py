"""The shards that an open archive keeps: those that were looked at last, up to so many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from acncodec.codec.shard_state import Images, Ints, Progress, ShardState
from acncodec.run.workers import Workers

MAX_BYTES: Final = 1 << 28
"""The usual bound (256 MiB)."""


@dataclass(frozen=True)
class CacheInfo:
    """What a cache has done and holds.

    Attributes:
        hits, misses: how often a shard that was asked for was there, and was not.
        decoded: images that were decoded so far, an image twice where it was decoded twice.
        shards, nbytes: how many shards are kept, and the bytes that they take.
    """

    hits: int
    misses: int
    decoded: int
    shards: int
    nbytes: int


class ShardCache:
    """Shards by their number, each opened when it is first asked for.

    Those that were looked at last are kept, as far as they were decoded, as long as they take no
    more than `max_bytes`; the very last one always. Threads take turns.

    begin: opens a shard, nothing decoded.
    """

    def __init__(self, begin: Callable[[int], ShardState], max_bytes: int = MAX_BYTES) -> None:
        self._begin, self._max_bytes = begin, max_bytes
        self._states: OrderedDict[int, ShardState] = OrderedDict()
        self._hits, self._misses, self._decoded = 0, 0, 0
        self._lock = Lock()

    @property
    def info(self) -> CacheInfo:
        """What it has done so far."""
        return CacheInfo(
            self._hits, self._misses, self._decoded, len(self._states), self._nbytes()
        )  # fmt: skip

    def images(self, index: int, rows: Ints, workers: Workers, progress: Progress) -> Images:
        """Some images of shard `index`, by their places in it, in any order.

        Raises what opening or decoding it raises; then nothing of it is kept.
        """
        with self._lock:
            state = self._states.pop(index, None)
            if state is None:
                self._misses += 1
                state = self._begin(index)
            else:
                self._hits += 1
            before = state.decoded
            try:
                found = state.images(rows, workers, progress)
            finally:
                self._decoded += state.decoded - before
            self._states[index] = state
            while len(self._states) > 1 and self._nbytes() > self._max_bytes:
                self._states.popitem(last=False)
            return found

    def _nbytes(self) -> int:
        return sum(state.nbytes for state in self._states.values())
