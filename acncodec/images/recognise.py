"""Decides which array is the images, how it is laid out, and what follows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, SideArray
from acncodec.images.entries import Entries, entry_dtype
from acncodec.images.entry_search import find_entries
from acncodec.images.flat import is_size, may_be_rows, row_layout
from acncodec.images.form import Form
from acncodec.images.join import join_splits
from acncodec.images.levels import LevelScan, level_indexes, to_nchw
from acncodec.images.spec import DTYPES, LAYOUTS, MAX_CHANNELS, ImageSpec
from acncodec.images.splits import Splits

PREFERRED_NAMES = ("x", "images", "x_train", "data")
"""Names that settle which of several image arrays is meant, the first before the others."""

_USUAL = (1, 3)
"""Numbers of channels that a 4-d shape is first taken to have; then any from 1 to 4."""
_INTEGERS, _FLOATS, _ROWS = 2, 3, 4
"""Ranks of arrays that may be images, after bytes (0) and uint16 (1)."""
_TYPES = "integers, bool or floats of few values"
_SHAPES = (
    f"(N,H,W), (N,H,W,C) or (N,C,H,W) with C = 1 to {MAX_CHANNELS}, or rows (N,H*W) with"
    " --layout HxW"
)


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
        joined = join_splits(arrays, _candidates(arrays, layout), not_aligned, said)
        if joined is None and said is not None:
            raise DataError(
                "the images of several files are no one set, for which all have one name, type and"
                f" size: there are {_describe(arrays, _candidates(arrays, layout) or [*arrays])};"
                " compress them one by one"
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


def dtype_name(dtype: np.dtype[Any]) -> str:
    """The name in `DTYPES` of a type of entries that we take, or an empty string."""
    # ">u1" and "|u1" are the same bytes, and NumPy holds both equal to uint8.
    return next((name for name in DTYPES if dtype == np.dtype(name)), "")


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
        chosen = _layout(name, array, layout)
    side = other_arrays(arrays, name, aligned, not_aligned)
    return Found(
        name, list(arrays).index(name), chosen, side, further_images(name, side), row,
        (splits or {}).get(name),
    )  # fmt: skip


def is_type(dtype: np.dtype[Any]) -> bool:
    """Whether images may be of this type."""
    return bool(dtype_name(dtype) or entry_dtype(dtype))


def looks_like_images(array: NDArray[Any]) -> bool:
    """Whether dtype and shape are those of images of bytes or uint16, in whatever layout."""
    return bool(dtype_name(array.dtype)) and bool(_layouts(array))


def _candidates(arrays: Mapping[str, NDArray[Any]], layout: str | None) -> list[str]:
    """The arrays that come first among those that may be images."""
    ranks: dict[int, list[str]] = {}
    for name, array in arrays.items():
        rank = _rank(array, layout)
        if rank is not None:
            ranks.setdefault(rank, []).append(name)
    return ranks[min(ranks)] if ranks else []


def _rank(array: NDArray[Any], layout: str | None) -> int | None:
    """How likely an array is the images: 0 before 1 and so on, None if it cannot be."""
    if not is_type(array.dtype):
        return None
    sized = layout is not None and is_size(layout)
    if array.ndim == 2 or sized:
        return _ROWS if may_be_rows(array.shape, layout) else None
    if not _layouts(array):
        return None
    if dtype_name(array.dtype):
        return array.dtype.itemsize - 1
    return _FLOATS if array.dtype.kind == "f" else _INTEGERS


def _layouts(array: NDArray[Any], channels: Sequence[int] | None = None) -> tuple[str, ...]:
    """The layouts that the shape admits with one of `channels`: none, one or two. Without, the
    usual numbers of channels come before the others."""
    if channels is None:
        return _layouts(array, _USUAL) or _layouts(array, range(1, MAX_CHANNELS + 1))
    if 0 in array.shape[1:]:
        return ()
    if array.ndim == 3:
        return ("nhw",)
    if array.ndim != 4:
        return ()
    found = []
    if array.shape[3] in channels:
        found.append("nhwc")
    if array.shape[1] in channels:
        found.append("nchw")
    return tuple(found)


def _describe(arrays: Mapping[str, NDArray[Any]], names: Sequence[str]) -> str:
    return ", ".join(f"{name!r} ({arrays[name].dtype} {arrays[name].shape})" for name in names)


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
                f"no array is named {images!r}; there are {_describe(arrays, [*arrays])}"
            )
        return images
    candidates = _candidates(arrays, layout)
    for name in PREFERRED_NAMES:
        if name in candidates:
            return name
    if not candidates:
        raise DataError(
            f"no array looks like images: {_TYPES} of shape {_SHAPES};"
            f" there are {_describe(arrays, [*arrays])}"
        )
    candidates = [name for name in candidates if name in splits] or candidates
    if len(candidates) > 1:
        raise DataError(
            f"several arrays look like images: {_describe(arrays, candidates)}; name one with"
            " --images NAME"
        )
    return candidates[0]


def _layout(name: str, array: NDArray[Any], layout: str | None) -> str:
    """The layout of the image array: the one asked for if it fits, else the only one that does."""
    if not is_type(array.dtype):
        raise DataError(
            f"the image array {name!r} is {array.dtype}; images must be {_TYPES}"
            " (convert them first)"
        )
    layouts = _layouts(array)
    if not layouts:
        raise DataError(
            f"the image array {name!r} has the shape {array.shape}; images must be {_SHAPES}"
        )
    if layout is not None:
        if layout not in _layouts(array, range(1, MAX_CHANNELS + 1)):
            raise DataError(
                f"the image array {name!r} of shape {array.shape} cannot be laid out as {layout}"
            )
        return layout
    if len(layouts) > 1:
        raise DataError(
            f"the image array {name!r} of shape {array.shape} may be {' or '.join(layouts)};"
            " say which with --layout"
        )
    return layouts[0]


def other_arrays(
    arrays: Mapping[str, NDArray[Any]],
    images: str,
    aligned: Sequence[str],
    not_aligned: Sequence[str],
) -> tuple[SideArray, ...]:
    """All arrays but that of the images, each with its alignment decided.

    Raises `DataError` where an override names an array that is not there, or has other rows.
    """
    count = arrays[images].shape[0]
    for option, names in (("--aligned", aligned), ("--not-aligned", not_aligned)):
        for name in names:
            if name not in arrays:
                raise DataError(f"{option} {name!r}: there is no such array")
            if name == images:
                raise DataError(f"{option} {name!r}: that is the image array")
    for name in aligned:
        if name in not_aligned:
            raise DataError(f"{name!r} is named by both --aligned and --not-aligned")
        if arrays[name].shape[:1] != (count,):
            raise DataError(
                f"--aligned {name!r}: its shape is {arrays[name].shape}, but there are"
                f" {count} images"
            )
    return tuple(
        SideArray(name, array, array.shape[:1] == (count,) and name not in not_aligned)
        for name, array in arrays.items()
        if name != images
    )


def further_images(images: str, side: Sequence[SideArray]) -> tuple[str, ...]:
    """Warnings about arrays that look like images beside those that are."""
    return tuple(
        f"{other.name!r} looks like images too, but only {images!r} is compressed as images:"
        f" {other.name!r} is kept as side data, compressed generically, whichever of them"
        f" --images names; for an archive of each, leave one out with --skip {other.name}, then"
        f" the other with --skip {images}"
        for other in side
        if looks_like_images(other.array)
    )
