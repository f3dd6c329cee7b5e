"""Decides which array is the images, how it is laid out, and what follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, SideArray
from acncodec.images.levels import LevelScan, level_indexes, to_nchw
from acncodec.images.spec import DTYPES, LAYOUTS, MAX_CHANNELS, ImageSpec

PREFERRED_NAMES = ("x", "images", "x_train", "data")
"""Names that settle which of several image arrays is meant, the first before the others."""

_USUAL = (1, 3)
"""Numbers of channels that a 4-d shape is first taken to have; then any from 1 to 4."""
_TYPES = "uint8, bool or uint16"
_SHAPES = f"(N,H,W), (N,H,W,C) or (N,C,H,W) with C = 1 to {MAX_CHANNELS}"


def recognise(
    arrays: Mapping[str, NDArray[Any]],
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
) -> DataSet:
    """Make a data set of named arrays, their order kept.

    Args:
        arrays: the arrays by name; the images are uint8, bool or uint16 (of either byte order) of
            shape (N, H, W), (N, H, W, C) or (N, C, H, W) with C = 1 to 4.
        images: the name of the image array; by default the first of `PREFERRED_NAMES` that
            looks like images, else the only array that does. Arrays of bytes come before those
            of uint16.
        layout: `nhw`, `nhwc` or `nchw`; by default told from the shape.
        aligned: side arrays that follow the images though by default they would not.
        not_aligned: side arrays that do not, though their axis 0 has length N.

    Raises:
        DataError: no array, or no single one, is the images; its layout is ambiguous; its dtype
            or shape is none we can take; an override names an array that cannot be overridden.
    """
    found = find_images(
        arrays, images=images, layout=layout, aligned=aligned, not_aligned=not_aligned
    )
    array = arrays[found.name]
    scan = LevelScan(found.layout)
    scan.add(array)
    spec = found.spec(array.dtype, scan)
    pixels = level_indexes(to_nchw(array, found.layout), spec)
    return DataSet(pixels, spec, found.side, int(array.nbytes), found.warnings)


@dataclass(frozen=True, eq=False)
class Found:
    """Which array is the images, where it stands among all, its layout, and the other arrays."""

    name: str
    position: int
    layout: str
    side: tuple[SideArray, ...]
    warnings: tuple[str, ...]

    def spec(self, dtype: np.dtype[Any], scan: LevelScan) -> ImageSpec:
        """The specification of the image array of `dtype`, all of which `scan` has seen."""
        return ImageSpec(
            self.name, dtype_name(dtype), self.layout, scan.values(), self.position,
            scan.replicated,
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
) -> Found:
    """As `recognise`, from names, dtypes and shapes alone: no entry of the images is looked at."""
    if layout is not None and layout not in LAYOUTS:
        raise DataError(f"unknown --layout {layout!r}: one of {', '.join(LAYOUTS)}")
    name = _choose(arrays, images)
    chosen = _layout(name, arrays[name], layout)
    side = _side(arrays, name, aligned, not_aligned)
    return Found(name, list(arrays).index(name), chosen, side, _warnings(name, side))


def looks_like_images(array: NDArray[Any]) -> bool:
    """Whether dtype and shape are those of images we can take, in whatever layout."""
    return bool(dtype_name(array.dtype)) and bool(_layouts(array))


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


def _choose(arrays: Mapping[str, NDArray[Any]], images: str | None) -> str:
    """The name of the image array."""
    if not arrays:
        raise DataError("holds no arrays")
    if images is not None:
        if images not in arrays:
            raise DataError(
                f"no array is named {images!r}; there are {_describe(arrays, [*arrays])}"
            )
        return images
    looking = [name for name, array in arrays.items() if looks_like_images(array)]
    candidates = [name for name in looking if arrays[name].dtype.itemsize == 1] or looking
    for name in PREFERRED_NAMES:
        if name in candidates:
            return name
    if not candidates:
        raise DataError(
            f"no array looks like images: {_TYPES} of shape {_SHAPES};"
            f" there are {_describe(arrays, [*arrays])}"
        )
    if len(candidates) > 1:
        raise DataError(
            f"several arrays look like images: {_describe(arrays, candidates)}; name one with"
            " --images NAME"
        )
    return candidates[0]


def _layout(name: str, array: NDArray[Any], layout: str | None) -> str:
    """The layout of the image array: the one asked for if it fits, else the only one that does."""
    if not dtype_name(array.dtype):
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


def _side(
    arrays: Mapping[str, NDArray[Any]],
    images: str,
    aligned: Sequence[str],
    not_aligned: Sequence[str],
) -> tuple[SideArray, ...]:
    """All other arrays, each with its alignment decided."""
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


def _warnings(images: str, side: Sequence[SideArray]) -> tuple[str, ...]:
    return tuple(
        f"{other.name!r} looks like images too, but only {images!r} is compressed as images:"
        f" {other.name!r} is side data, compressed generically; to compress it properly, run"
        f" again with --images {other.name}"
        for other in side
        if looks_like_images(other.array)
    )
