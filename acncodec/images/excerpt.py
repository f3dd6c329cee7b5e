"""Some images of a set, to be read where they are needed: here, or where they were sent to.

What lies on the disk is sent as its path, its rows and their fingerprints, with which it is
compared when it is read; what is in memory is sent as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from acncodec.images.mixed_images import MixedImages
from acncodec.images.mixed_window import MixedWindow
from acncodec.images.stored import StoredData
from acncodec.images.stored_mixed import OneClass, StoredMixed

Ints = NDArray[np.int64]
Images = TypeVar("Images", bound="NDArray[Any] | MixedImages")
Images_co = TypeVar("Images_co", covariant=True)


class Taken(Protocol[Images_co]):
    """A set, in memory or not."""

    def take(self, rows: slice | Ints, /) -> Images_co:
        """Some of its images. Raises `DataError` when they cannot be read."""
        ...


@dataclass(frozen=True, eq=False)
class Held(Generic[Images]):
    """Images in memory."""

    images: Images

    def take(self, rows: slice | Ints) -> Images:
        """Some of them."""
        images: Any = self.images
        found: Images = images[rows]
        return found


@dataclass(frozen=True, eq=False)
class Excerpt(Generic[Images]):
    """Some images of a set: level indexes (n, C, H, W), or of several classes."""

    data: Taken[Images]
    rows: slice | Ints

    def read(self) -> Images:
        """The images. Raises `DataError` when they cannot be read, or are not what they were."""
        return self.data.take(self.rows)

    def sent(self, *, carrying: bool) -> Excerpt[Images]:
        """The same with nothing of the others: where they lie, or, `carrying` or where they are in
        memory, with their samples. Raises as `read` does."""
        lying = None if carrying else _lying(self.data, self.rows)
        return Excerpt(Held(self.read()) if lying is None else lying, slice(None))


def _lying(data: Any, rows: slice | Ints) -> Any:
    """Some images of a set that stays where it is; None where it is in memory."""
    if isinstance(data, StoredData):
        return data.only(range(data.count)[rows] if isinstance(rows, slice) else rows)
    if isinstance(data, StoredMixed):
        return data.only(np.arange(data.count)[rows])
    if isinstance(data, OneClass) and isinstance(data.data, StoredData):
        return OneClass(data.data.only(np.arange(data.count)[rows]))
    if isinstance(data, MixedWindow) and isinstance(data.whole, StoredMixed):
        return data.whole.only(np.arange(data.count)[rows] + data.rows.start)
    return None
