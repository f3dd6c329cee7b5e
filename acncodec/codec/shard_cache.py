"""The shards that an open archive keeps: those that were looked at last, up to so many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from acncodec.codec.written import ShardState

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
    more than `max_bytes`; the very last one always.

    begin: opens a shard, nothing decoded.
    """

    def __init__(self, begin: Callable[[int], ShardState], max_bytes: int = MAX_BYTES) -> None:
        self._begin, self._max_bytes = begin, max_bytes
        self._states: OrderedDict[int, ShardState] = OrderedDict()
        self._hits, self._misses, self._decoded = 0, 0, 0

    @property
    def info(self) -> CacheInfo:
        """What it has done so far."""
        return CacheInfo(
            self._hits, self._misses, self._decoded, len(self._states), self._nbytes()
        )  # fmt: skip

    @contextmanager
    def shards(self, indexes: Sequence[int]) -> Iterator[list[ShardState]]:
        """These shards, to be decoded further; an error within, and none of them is kept.

        Raises what opening one raises.
        """
        states = [self._take(index) for index in indexes]
        before = sum(state.decoded for state in states)
        try:
            yield states
        finally:
            self._decoded += sum(state.decoded for state in states) - before
        self._states.update(zip(indexes, states, strict=True))
        while len(self._states) > 1 and self._nbytes() > self._max_bytes:
            self._states.popitem(last=False)

    def _take(self, index: int) -> ShardState:
        state = self._states.pop(index, None)
        if state is not None:
            self._hits += 1
            return state
        self._misses += 1
        return self._begin(index)

    def _nbytes(self) -> int:
        return sum(state.nbytes for state in self._states.values())
