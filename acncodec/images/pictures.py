"""Pictures that can be read, and the arrays before and after theirs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.folder import Folder
from acncodec.images.formats.array_files import leave_out
from acncodec.images.picture_side import check_left_out

Arrays = dict[str, NDArray[Any]]

ALONE: Final = "x"
"""What an array without a name of its own is called."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures, wherever they came from.

    Attributes:
        folder: they lie in it.
        name: what their array is called.
        before, after: the other arrays of the set, in their order.
        warnings: what is left out and what does not come back.
        stays: whether the folder is still there when the source is closed.
    """

    folder: Folder
    name: str = ALONE
    before: Arrays = field(default_factory=dict)
    after: Arrays = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    stays: bool = False

    def beside(self, images: NDArray[Any]) -> Arrays:
        """All arrays by name, in their order; `images` is that of the pictures."""
        return {**self.before, self.name: images, **self.after}

    def stand_in(self) -> NDArray[Any]:
        """An array of as many rows as there are pictures, which takes no memory."""
        return np.broadcast_to(np.zeros((), np.uint8), (len(self.folder.pictures),))

    def but(self, images: NDArray[Any], skip: Collection[str]) -> Arrays:
        """The same, without those that `skip` names, unless it was an entry of the folder that it
        named. Raises `DataError` where one is not there, or another needs it."""
        arrays = self.beside(images)
        skip = [name for name in skip if name in arrays or name not in self.folder.skipped]
        check_left_out(arrays, skip)
        return leave_out(arrays, skip)

    def without(self, skip: Collection[str]) -> Self:
        """The same without some of the other arrays.

        Raises `DataError` where one is not there, or is that of the pictures, or another needs it.
        """
        left = self.but(self.stand_in(), skip)
        if self.name not in left:
            raise DataError(f"--skip {self.name!r}: these are the images")
        return replace(
            self,
            before={name: array for name, array in self.before.items() if name in left},
            after={name: array for name, array in self.after.items() if name in left},
        )
