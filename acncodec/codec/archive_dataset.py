"""The images of an archive by number, as a DataLoader of torch asks for them, in any process.

with acncodec.open("x.acn") as archive:
    dataset = archive.dataset("labels")
    batches = dataset.batches(64, workers=2)
loader = DataLoader(dataset, batch_sampler=batches, num_workers=2)
for images, labels in loader: ...
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.shard_batches import ShardBatches
from acncodec.codec.written import Ints
from acncodec.errors import DataError


class Archive(Protocol):
    """What an open archive does for a data set."""

    def take(self, rows: Ints) -> NDArray[Any] | list[NDArray[Any]]:
        """Some images as they were given, in this order."""
        ...

    def close(self) -> None:
        """Close its file."""
        ...


class ArchiveDataset:
    """A data set for `torch.utils.data.DataLoader`, with nothing of torch in it.

    Item i is image i as it was given, but in native byte order, and int32 where it was of 16 bits
    without a sign, which torch hardly computes with. With `arrays` it is a tuple: the image, and
    its entry or row in each of them.

    Each process opens the archive for itself when it first asks for an image, so that workers may
    be forked or spawned; it keeps what it decodes (`shard_cache`).

    Args:
        begin: opens the archive; goes to spawned workers pickled.
        counts: how many images each of its shards has.
        arrays: by name, with a row for each image.

    Raises:
        DataError: an array has not as many rows.
    """

    def __init__(
        self, begin: Callable[[], Archive], counts: Sequence[int],
        arrays: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:  # fmt: skip
        self._begin, self._counts, self._arrays = begin, tuple(counts), dict(arrays or {})
        self._opened: tuple[int, Archive] | None = None
        for name, array in self._arrays.items():
            if array.shape[:1] != (len(self),):
                raise DataError(f"the array {name!r} has no row for each of {len(self)} images")

    def __len__(self) -> int:
        return sum(self._counts)

    def __getitem__(self, row: int) -> Any:
        return self.__getitems__([row])[0]

    def __getitems__(self, rows: Sequence[int]) -> list[Any]:
        """Several items at once, which is how a DataLoader asks for a batch."""
        for row in rows:
            if not -len(self) <= row < len(self):
                raise IndexError(f"image {row} of {len(self)}")
        places = np.array(rows, np.int64) % max(1, len(self))
        images = [_for_torch(image) for image in self.archive.take(places)]
        if not self._arrays:
            return images
        return [
            (image, *(_entry(array, place) for array in self._arrays.values()))
            for image, place in zip(images, places.tolist(), strict=True)
        ]

    def batches(
        self, batch_size: int, *, workers: int = 1, shuffle: bool = True, drop_last: bool = False,
        seed: int = 0,
    ) -> ShardBatches:  # fmt: skip
        """A `batch_sampler` by which no shard is decoded twice an epoch, but with several workers
        as many as there are of these, less one; see `ShardBatches`."""
        return ShardBatches(
            self._counts, batch_size, workers=workers, shuffle=shuffle, drop_last=drop_last,
            seed=seed,
        )  # fmt: skip

    @property
    def archive(self) -> Archive:
        """The archive as this process opened it: a file that is open is of no use to a fork."""
        process = os.getpid()
        if self._opened is None or self._opened[0] != process:
            self._opened = process, self._begin()
        return self._opened[1]

    def close(self) -> None:
        """Close the archive, where this process opened it; the next image opens it again."""
        opened, self._opened = self._opened, None
        if opened is not None and opened[0] == os.getpid():
            opened[1].close()

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_opened": None}


def _for_torch(image: NDArray[Any]) -> NDArray[Any]:
    if image.dtype.kind == "u" and image.dtype.itemsize == 2:
        return image.astype(np.int32)
    return image.astype(image.dtype.newbyteorder("="), copy=False)


def _entry(array: NDArray[Any], row: int) -> Any:
    """A number or text, or a row of a larger array, which may be written to."""
    return array[row].item() if array.ndim == 1 else _for_torch(array[row].copy())
