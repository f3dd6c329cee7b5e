"""The shards of a mixed set, each read when it is asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.container.shard_header import MAX_SHARDS
from acncodec.errors import DataError
from acncodec.images import raw_view
from acncodec.images.excerpt import Excerpt
from acncodec.images.mixed_images import MixedImages
from acncodec.images.mixed_source import MixedSource
from acncodec.mixed.canonical import canonical_rows
from acncodec.mixed.lots import Distinct, distinct_images

Ints = NDArray[np.int64]


class CutSet:
    """A mixed set, cut into shards of `shard_size` images (by default one), the last one smaller.

    Without `keep` the set is sorted before it is cut. Raises `DataError` for more shards than a
    file may have, and where images cannot be read.
    """

    def __init__(self, data: MixedSource, keep: bool, shard_size: int | None) -> None:
        size = shard_size or data.count
        if data.count > size * MAX_SHARDS:
            raise DataError(f"{data.count} images make more than {MAX_SHARDS} shards")
        self._data = data
        aligned = [raw_view(entry.array) for entry in data.side if entry.aligned]
        self._order = np.arange(data.count) if keep else canonical_rows(data, aligned)
        self._starts = range(0, data.count, size)

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def members(self) -> Ints:
        """The class of each image, shard after shard, (N,)."""
        return self._data.members[self._order]

    def rows(self, index: int) -> Ints:
        """Which images of the set are in a shard."""
        return self._order[self._starts[index] : self._starts[index] + self._starts.step]

    def excerpt(self, index: int) -> Excerpt[MixedImages]:
        """The images of a shard, to be read where they are looked at or coded."""
        return Excerpt(self._data, self.rows(index))

    def images(self, index: int) -> MixedImages:
        """The images of a shard. Raises `DataError` when they cannot be read."""
        return self.excerpt(index).read()

    def distinct(self, index: int) -> Distinct:
        """What differs among the images of a shard. Raises as `images` does."""
        return distinct_images(self.images(index))
