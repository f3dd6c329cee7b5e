"""A shard that is decoded as far as it was asked for, and no further image of it twice.

Batch after batch comes off the stack, each priced given those before it: to have an image is to
have all batches up to its own. What is decoded is kept, and the stack as it then stands; so looking
at all images of a shard, in whatever order, costs what decoding it once does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.written import Ints, Part
from acncodec.container import Archive
from acncodec.errors import CorruptionError, DataError
from acncodec.models.frozen import FrozenModel
from acncodec.run.lent import LentWorkers
from acncodec.run.progress import Progress, silent
from acncodec.run.workers import Workers
from acncodec.shards.arrange import known_rows, pixels_digest, restore
from acncodec.shards.pop import duplicates_of, open_shard
from acncodec.shards.stack import OpenStack, each_batch


class OpenShard:
    """A shard of a set of one shape.

    Its digest is compared when its last image was decoded: before, of the images that are given
    only the CRC-32 of their section was checked. In the order `any` that is at once, for the place
    of an image depends on all others.

    Raises:
        CorruptionError: the stack makes no sense, or the images do not match their digest.
        TooLargeError: it asks for more work than its bytes are worth.
    """

    def __init__(self, archive: Archive, index: int, model: FrozenModel) -> None:
        header, opened = archive.uniform, open_shard(archive, index)
        shard = header.shards[index]
        self._name, self._count = f"shard {index}", shard.count
        self._keep, self._duplicates = header.order == "keep", duplicates_of(archive, index)
        self._opened: OpenStack | None = opened
        self._lent = LentWorkers()
        self._tell: Progress = silent
        self._left = iter(opened.schedule.batches())
        self._batches: Iterator[Part] = each_batch(
            opened, opened.schedule, model, self._lent, lambda *told: self._tell(*told)
        )
        self._pixels = np.zeros((shard.distinct, *header.shape), header.spec.index_dtype)
        self._places: Ints | None = self._written_places(shard.distinct) if self._keep else None
        self._payload_bytes = len(archive.stack(index))
        self.decoded = 0

    @property
    def nbytes(self) -> int:
        """Bytes of its images, and of its stack as long as that is needed."""
        images = len(self._pixels)
        each = self._pixels.nbytes // images if images else 0
        return each * max(self._count, images) + (0 if self.is_whole else self._payload_bytes)

    @property
    def is_whole(self) -> bool:
        """Whether all images were decoded and their digest was compared."""
        return self._opened is None

    def lacks(self, rows: Ints) -> bool:
        """Whether some of these images are not decoded yet."""
        return not self.is_whole and self.decoded < self._needed(rows)

    def decode(self, rows: Ints, workers: Workers, progress: Progress) -> None:
        """Go on until these images are decoded."""
        if self.is_whole:
            return
        self._tell = progress
        with self._lent.lend(workers):
            needed = self._needed(rows)
            while self.decoded < needed:
                places = next(self._left)
                self._pixels[places] = next(self._batches)
                self.decoded = places.stop
            if self.decoded == len(self._pixels):
                self._finish()

    def images(self, rows: Ints) -> NDArray[Any]:
        """Level indexes (n, C, H, W) of some images, which were decoded."""
        return self._pixels[rows if self._places is None else self._places[rows]]

    def _needed(self, rows: Ints) -> int:
        """How many images come off the stack up to the last of `rows`; in the order `any` all."""
        if self._places is None:
            return len(self._pixels)
        return int(self._places[rows].max(initial=-1)) + 1

    def _written_places(self, distinct: int) -> Ints:
        """Where in the order of decoding each written image comes, int64 (N,)."""
        numbers = known_rows(self._duplicates, self._count, distinct)
        order = None if self._opened is None else self._opened.order
        return numbers if order is None else np.argsort(order)[numbers]

    def _finish(self) -> None:
        """All images are there: put them as they are written, and compare their digest."""
        opened = self._opened
        if opened is None:
            return
        by_number = self._pixels
        if opened.order is not None:
            by_number = np.empty_like(self._pixels)
            by_number[opened.order] = self._pixels
        # What is left on the stack is looked at once the generator has ended.
        if next(self._batches, None) is not None:
            raise CorruptionError(f"{self._name}: more images than its header says")
        written = restore(by_number, self._count, self._duplicates, self._keep)
        if not opened.has_seed(pixels_digest(written)):
            raise CorruptionError(f"{self._name}: the decoded images do not match their digest")
        self._pixels, self._places, self._opened = written, None, None
        self._batches = iter(())  # with what the codec keeps of earlier batches


class WholeShard:
    """A shard that can be decoded as a whole alone: one of a mixed set.

    pop: all its images, checked; distinct: how many of them differ; nbytes: the most that they take
    in memory.
    """

    def __init__(
        self, pop: Callable[[Workers, Progress], Part], distinct: int, nbytes: int
    ) -> None:
        self._pop: Callable[[Workers, Progress], Part] | None = pop
        self._distinct, self.nbytes = distinct, nbytes
        self._images: Part | None = None

    @property
    def decoded(self) -> int:
        """How many of its different images were decoded: none, or all."""
        return 0 if self._images is None else self._distinct

    def lacks(self, _rows: Ints) -> bool:
        """Whether the shard is not decoded yet."""
        return self._images is None

    def decode(self, _rows: Ints, workers: Workers, progress: Progress) -> None:
        """Decode the shard, once. Raises as `pop` does."""
        if self._pop is not None:
            self._images = self._pop(workers, progress)
            self._pop = None  # with the bytes that it holds

    def images(self, rows: Ints) -> Part:
        """Some images. Raises `DataError` where the shard is not decoded yet."""
        if self._images is None:
            raise DataError("the shard is not decoded yet")
        return self._images[rows]
