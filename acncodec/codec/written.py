"""What a reader asks of an archive's kind: the images of its shards, and what they make together.

There are two kinds, sets of one shape (`uniform_shards`) and mixed sets (`mixed_shards`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.container import AnyHeader, Archive
from acncodec.errors import FormatError
from acncodec.images import DataSet, MixedData, SideArray
from acncodec.images.form import Form
from acncodec.images.mixed_images import MixedImages
from acncodec.models.frozen import FrozenModel
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers
from acncodec.shards.labels import Context

Part = NDArray[Any] | MixedImages
"""Images as they are written: level indexes (n, C, H, W), or images of several classes."""
Data = DataSet | MixedData
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ShardRows:
    """Some images of a shard, and how many of its distinct ones had to be decoded for them; its
    digest was checked if that is all of them."""

    images: Part
    decoded: int


def pixels_of(images: Part) -> NDArray[Any]:
    """Images of a set of one shape. Raises `FormatError` for those of several classes."""
    if isinstance(images, MixedImages):
        raise FormatError("images of several classes in a set of one shape")
    return images


class ShardState(Protocol):
    """A shard that is decoded as far as it was asked for. Rows are places in it, in any order."""

    @property
    def decoded(self) -> int:
        """How many of its different images were decoded."""
        ...

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory, or will when all is decoded."""
        ...

    def lacks(self, rows: Ints) -> bool:
        """Whether some of these images are not decoded yet."""
        ...

    def decode(self, rows: Ints, workers: Workers, progress: Progress) -> None:
        """Go on until these images are decoded. When this raises, the state is of no more use."""
        ...

    def images(self, rows: Ints) -> Part:
        """Some images, which were decoded, as they are written."""
        ...


class WrittenShards(Protocol):
    """The shards of an archive whose header is known.

    What decodes raises `FormatError`, `CorruptionError` where the images are not those that the
    digests were taken of, and `TooLargeError` for more work than the bytes are worth.
    """

    @property
    def header(self) -> AnyHeader:
        """What the archive says of itself."""
        ...

    def __len__(self) -> int: ...

    def count(self, index: int) -> int:
        """How many images a shard has, duplicates included."""
        ...

    def distinct(self, index: int) -> int:
        """How many of them differ."""
        ...

    def nbytes(self, index: int) -> int:
        """The most that its images may take in memory."""
        ...

    def check(self, models: Sequence[FrozenModel]) -> None:
        """Raise `FormatError` where the header asks for what its models have not."""
        ...

    def pop(
        self, archive: Archive, index: int, models: Sequence[FrozenModel], workers: Workers,
        progress: Progress,
    ) -> Part:  # fmt: skip
        """All images of a shard, checked by their digest. models: those that the header names."""
        ...

    def pop_rows(
        self, archive: Archive, index: int, rows: slice, models: Sequence[FrozenModel],
        workers: Workers, progress: Progress,
    ) -> ShardRows:  # fmt: skip
        """Some images of a shard, not none, and no more decoded than they need."""
        ...

    def open(self, archive: Archive, index: int, models: Sequence[FrozenModel]) -> ShardState:
        """A shard of which nothing is decoded yet. archive: its sections at least."""
        ...

    def joined(self, parts: Sequence[Part]) -> Part:
        """All images of several parts."""
        ...

    def context(self, images: Part, models: Sequence[FrozenModel], workers: Workers, /) -> Context:
        """Given which labels are coded: all images."""
        ...

    def arrays(self, images: Part) -> NDArray[Any] | list[NDArray[Any]]:
        """Images as they were given; a list where the images of the set differ in shape."""
        ...

    def assembled(
        self, images: Part, side: tuple[SideArray, ...], position: int, form: Form
    ) -> Data:
        """The data set of these images and arrays; position, form: as those of `ImageSpec`.

        Raises `CorruptionError` where they do not fit together, `DataError` for a list of none.
        """
        ...
