"""Decides which array is the images, how it is laid out, and what follows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, SideArray
from acncodec.images.entries import Entries
from acncodec.images.entry_search import find_entries
from acncodec.images.flat import is_size, row_layout
from acncodec.images.form import Form
from acncodec.images.image_arrays import (
    SHAPES,
    TYPES,
    candidates_among,
    describe_arrays,
    dtype_name,
    is_type,
    layout_of,
)
from acncodec.images.join import join_splits
from acncodec.images.levels import LevelScan, level_indexes, to_nchw
from acncodec.images.side_arrays import further_images, other_arrays
from acncodec.images.spec import LAYOUTS, ImageSpec
from acncodec.images.splits import Splits

PREFERRED_NAMES = ("x", "images", "x_train", "data")
"""Names that settle which of several image arrays is meant, the first before the others."""


def recognise(
    arrays: Mapping[str, NDArray[Any]],
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
    join: bool | Mapping[str, tuple[str, str]] = False,
) -> DataSet:
    """Make a data set of named arrays, their order kept.

    Args:
        arrays: the arrays by name; the images are of shape (N, H, W), (N, H, W, C) or (N, C, H, W)
            with C = 1 to 4, or rows (N, H * W), and of any type whose entries are few (`entries`).
        images: the name of the image array; by default the first of `PREFERRED_NAMES` that
            looks like images, else the only array that does. Arrays of bytes come before those
            of uint16, then other integers, then floats, then rows.
        layout: `nhw`, `nhwc` or `nchw`, or of rows the size of an image (see `rows`); by default
            told from the shape.
        aligned: side arrays that follow the images though by default they would not.
        not_aligned: side arrays that do not, though their axis 0 has length N.
        join: whether arrays of several splits are one set (see `join`); or of each array its
            split and what it is, where not its name says so.

    Raises:
        DataError: no array, or no single one, is the images; its layout is ambiguous; its dtype
            or shape is none we can take; an override names an array that cannot be overridden.
    """
    joined = None
    if join and images not in arrays:
        said = None if isinstance(join, bool) else join
        joined = join_splits(arrays, candidates_among(arrays, layout), not_aligned, said)
        if joined is None and said is not None:
            there = candidates_among(arrays, layout) or [*arrays]
            raise DataError(
                "the images of several files are no one set, for which all have one name, type and"
                f" size: there are {describe_arrays(arrays, there)}; compress them one by one"
            )
    if joined is not None:
        aligned = [name for name in aligned if name in joined.arrays or name not in arrays]
        arrays = joined.arrays
    found = find_images(
        arrays, images=images, layout=layout, aligned=aligned, not_aligned=not_aligned,
        splits={} if joined is None else joined.splits,
    )  # fmt: skip
    array = arrays[found.name]
    entries = None
    if not dtype_name(array.dtype):
        entries = find_entries(array, f"the image array {found.name!r}")
    numbers = array if entries is None else entries.numbers(array)
    if found.row is not None:
        numbers = numbers.reshape(len(numbers), *found.row)
    scan = LevelScan(found.layout)
    scan.add(numbers)
    spec = found.spec(numbers.dtype, scan, entries, array.shape[1:])
    pixels = level_indexes(to_nchw(numbers, found.layout), spec)
    return DataSet(pixels, spec, found.side, int(array.nbytes), found.warnings)


@dataclass(frozen=True, eq=False)
class Found:
    """Which array is the images, where it stands among all, its layout, and the other arrays.

    row: the shape of an image where the array has rows; splits: how it is taken apart."""

    name: str
    position: int
    layout: str
    side: tuple[SideArray, ...]
    warnings: tuple[str, ...]
    row: tuple[int, ...] | None = None
    splits: Splits | None = None

    def spec(
        self,
        dtype: np.dtype[Any],
        scan: LevelScan,
        entries: Entries | None = None,
        row: tuple[int, ...] = (),
    ) -> ImageSpec:
        """The specification of the image array of `dtype`, all of which `scan` has seen.

        entries: what its numbers stand for; row: the shape of an image in the array as given.
        """
        form = Form(entries, None if self.row is None else row, self.splits)
        return ImageSpec(
            self.name, dtype_name(dtype), self.layout, scan.values(), self.position,
            scan.replicated, form,
        )  # fmt: skip


def find_images(
    arrays: Mapping[str, NDArray[Any]],
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
    splits: Mapping[str, Splits] | None = None,
) -> Found:
    """As `recognise`, from names, dtypes and shapes alone: no entry of the images is looked at.

    splits: how the set is taken apart, by the name of each array that may be its images.
    """
    if layout is not None and layout not in LAYOUTS and not is_size(layout):
        raise DataError(
            f"unknown --layout {layout!r}: one of {', '.join(LAYOUTS)}, or for rows the size of an"
            " image, such as 28x28, 32x32x3 or 3x32x32"
        )
    name = _choose(arrays, images, layout, splits or {})
    array, row = arrays[name], None
    if (layout is not None and is_size(layout)) or (array.ndim == 2 and is_type(array.dtype)):
        chosen, row = row_layout(name, array.shape, layout)
    else:
        chosen = layout_of(name, array, layout)
    side = other_arrays(arrays, name, aligned, not_aligned)
    return Found(
        name, list(arrays).index(name), chosen, side, further_images(name, side), row,
        (splits or {}).get(name),
    )  # fmt: skip


def _choose(
    arrays: Mapping[str, NDArray[Any]],
    images: str | None,
    layout: str | None,
    splits: Collection[str],
) -> str:
    """The name of the image array."""
    if not arrays:
        raise DataError("holds no arrays")
    if images is not None:
        if images not in arrays:
            raise DataError(
                f"no array is named {images!r}; there are {describe_arrays(arrays, [*arrays])}"
            )
        return images
    candidates = candidates_among(arrays, layout)
    for name in PREFERRED_NAMES:
        if name in candidates:
            return name
    if not candidates:
        raise DataError(
            f"no array looks like images: {TYPES} of shape {SHAPES};"
            f" there are {describe_arrays(arrays, [*arrays])}"
        )
    candidates = [name for name in candidates if name in splits] or candidates
    if len(candidates) > 1:
        raise DataError(
            f"several arrays look like images: {describe_arrays(arrays, candidates)}; name one with"
            " --images NAME"
        )
    return candidates[0]
