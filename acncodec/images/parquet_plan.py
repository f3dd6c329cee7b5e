"""A data set as the columns of a Parquet file: which there are, and what their rows hold.

Images that are pictures, with names or modes, become PNGs; others, tensors. Of pictures the names
are the paths beside them, and what else `picture_side` has is in their files: such arrays are no
columns of their own. Every other array with a row for each image is one. Nothing is left out: what
no column can hold is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import Placed, SideArray
from acncodec.images.formats.parquet_writer import ArrayColumn, Column, PictureColumn
from acncodec.images.picture_file import encode_picture
from acncodec.images.picture_side import ALIGNED, CHUNKS, MODES, NAMES, PictureSide, unpack_sides
from acncodec.images.write_folder import as_mode

ROWS: Final = 256
"""Rows that are written at once."""
_DTYPES: Final = ("bool", "uint8", "uint16")
"""Of pictures."""


@dataclass(frozen=True, eq=False)
class Plan:
    """The columns, in their order.

    name: of that of images; sides: of pictures, what each is, else None; named: whether pictures
    have names; arrays: by column, the other arrays.
    """

    columns: tuple[Column, ...]
    name: str
    sides: Sequence[PictureSide] | None
    named: bool
    arrays: dict[str, NDArray[Any]]

    @property
    def is_pictures(self) -> bool:
        """Whether images are written as pictures."""
        return self.sides is not None

    def rows(self, images: Iterable[NDArray[Any]]) -> Iterator[dict[str, Any]]:
        """All columns, some rows at a time.

        images: each image as it was given; of pictures (H, W) or (H, W, C). Raises `DataError`
        where there are more or fewer than rows of the other arrays.
        """
        start, left = 0, iter(images)
        while some := list(islice(left, ROWS)):
            stop = start + len(some)
            found: dict[str, Any] = {n: array[start:stop] for n, array in self.arrays.items()}
            found[self.name] = self._pictures(start, some) if self.is_pictures else np.stack(some)
            yield found
            start = stop

    def _pictures(self, start: int, images: list[NDArray[Any]]) -> list[tuple[bytes, str | None]]:
        sides = (self.sides or ())[start : start + len(images)]
        return [
            (encode_picture(one, as_mode(image, one.mode)), one.name if self.named else None)
            for one, image in zip(sides, images, strict=True)
        ]


def plan_columns(
    spec: Placed, side: Sequence[SideArray], count: int, dtype: np.dtype[Any],
    row: tuple[int, ...] | None, channels: int | None,
) -> Plan:  # fmt: skip
    """The columns of a data set.

    Args:
        spec, side: how the images stand among the other arrays, and these.
        count: of images.
        dtype: of the images as they are given back.
        row: the shape of an image as it is given back, or None where shapes differ.
        channels: of pictures, or None where they differ; 0 for what is none, such as planes.

    Raises:
        DataError: an array has no row for each image, or is of a type that no column has; several
            sets; images of several shapes that have no modes.
    """
    if spec.form.splits is not None:
        sets = ", ".join(spec.form.splits.names)
        raise DataError(f"it holds several sets ({sets}), which are no single table; write an .npz")
    text = {entry.name for entry in side if _is_text(entry)}
    pictures = dtype.name in _DTYPES and dtype.isnative and spec.form.is_plain
    pictures = pictures and channels != 0 and bool(text & {NAMES, MODES})
    if row is None and not (pictures and MODES in text):
        raise DataError("its images are of several shapes and have no modes; write an .npz")
    sides, place = None, spec.position
    if pictures:
        own = [entry for entry in side if entry.name in (*ALIGNED, CHUNKS)]
        sides = unpack_sides(own if NAMES in text else [_numbered(count), *own], channels, dtype)
        place -= sum(entry in own for entry in side[:place])
        side = [entry for entry in side if entry not in own]
    for entry in side:
        if not entry.aligned:
            raise DataError(
                f"the array {entry.name!r} has no row for each image, and a table of Parquet has"
                " no other place; write an .npz"
            )
    columns: list[Column] = [
        ArrayColumn(entry.name, entry.array.dtype, entry.array.shape[1:]) for entry in side
    ]
    if sides is None:
        columns.insert(place, ArrayColumn(spec.name, dtype, row or ()))
    else:
        columns.insert(place, PictureColumn(spec.name))
    arrays = {entry.name: entry.array for entry in side}
    return Plan(tuple(columns), spec.name, sides, NAMES in text, arrays)


def _is_text(entry: SideArray) -> bool:
    """Whether an array is a text for each image."""
    return entry.aligned and entry.array.ndim == 1 and entry.array.dtype.kind == "U"


def _numbered(count: int) -> SideArray:
    """Names that are not written, for pictures without."""
    return SideArray(NAMES, np.array([str(row) for row in range(count)], np.str_), aligned=True)
