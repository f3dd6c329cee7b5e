"""What the shards of both kinds of archives have in common: what the header says of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from acncodec.container import AnyHeader

H = TypeVar("H", bound=AnyHeader)


@dataclass(frozen=True)
class HeaderShards(Generic[H]):
    """The shards of a header, as far as it tells of them; see `WrittenShards`."""

    header: H

    def __len__(self) -> int:
        return len(self.header.shards)

    def count(self, index: int) -> int:
        """How many images a shard has, duplicates included."""
        return self.header.shards[index].count

    def distinct(self, index: int) -> int:
        """How many of them differ."""
        return self.header.shards[index].distinct
