"""Some consecutive images of a set of several classes, read when they are asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.images.dataset import SideArray, check_names
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed import MixedData, MixedSpec
from acncodec.images.mixed_images import MixedImages, packed_bytes
from acncodec.images.stored_mixed import StoredMixed

Ints = NDArray[np.int64]


class MixedWindow:
    """The images `rows` of a set. Its classes are those of the whole, of which not every one need
    have an image here, so that all windows of a set count them alike.

    Args:
        whole: the set.
        rows: which of its images, in steps of 1.
        side: the other arrays, aligned ones with a row for each of these images.

    Raises:
        DataError: the arrays do not fit the images.
    """

    def __init__(
        self, whole: MixedData | StoredMixed, rows: range, side: tuple[SideArray, ...]
    ) -> None:
        self.whole, self.rows, self.side = whole, rows, side
        self.spec: MixedSpec = whole.spec
        self.classes: tuple[ImageClass, ...] = whole.classes
        self.warnings: tuple[str, ...] = whole.warnings
        self.members: Ints = whole.members[rows.start : rows.stop]
        check_names(self.spec, side, self.count)

    @property
    def count(self) -> int:
        """The number of images, n."""
        return len(self.members)

    @property
    def is_list(self) -> bool:
        """Whether shapes differ in the whole, so that its images are a list of arrays."""
        return self.whole.is_list

    @property
    def array_bytes(self) -> int:
        """Bytes that the images take in memory."""
        counts = np.bincount(self.members, minlength=len(self.classes)).tolist()
        samples = sum(
            one.samples * int(count) for one, count in zip(self.classes, counts, strict=True)
        )
        return samples * np.dtype(self.spec.array_dtype).itemsize

    @property
    def raw_bytes(self) -> int:
        """Bytes of the images packed at ceil(log2 levels) bits a sample."""
        return packed_bytes(self.classes, self.members)

    def take(self, rows: slice | Ints) -> MixedImages:
        """Some images. Raises `DataError` as that of the whole does."""
        wanted = np.arange(self.count)[rows] if isinstance(rows, slice) else rows
        return self.whole.take(wanted + self.rows.start)
