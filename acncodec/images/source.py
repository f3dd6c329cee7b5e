"""What compression needs of a data set: its images in pieces, and everything else whole."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.images.dataset import SideArray
from acncodec.images.spec import ImageSpec, Levels


class DataSource(Protocol):
    """A data set whose images need not all be in memory; a `DataSet` is one, all in memory."""

    @property
    def spec(self) -> ImageSpec:
        """What gives the original image array back."""
        ...

    @property
    def side(self) -> tuple[SideArray, ...]:
        """All other arrays, in their original order."""
        ...

    @property
    def array_bytes(self) -> int:
        """Bytes that the image array takes in memory."""
        ...

    @property
    def raw_bytes(self) -> int:
        """Bytes of the images packed at their levels: ceil(log2 levels) bits a sample, equal colour
        channels once."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should hear about this data set."""
        ...

    @property
    def count(self) -> int:
        """The number of images, N."""
        ...

    @property
    def levels(self) -> int:
        """The number of levels a pixel may take."""
        ...

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of an image: (C, H, W), equal colour channels counted once."""
        ...

    def take(self, rows: slice | NDArray[np.int64]) -> Levels:
        """Level indexes of some images, (n, C, H, W), C-contiguous; uint8, or native uint16 for
        more than 256 levels.

        Raises `DataError` when they cannot be read, or are not what they were.
        """
        ...
