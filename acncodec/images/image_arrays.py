"""Which arrays may be images: how likely each is, and how its shape can be laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.entries import entry_dtype
from acncodec.images.flat import is_size, may_be_rows
from acncodec.images.spec import DTYPES, MAX_CHANNELS

TYPES: Final = "integers, bool or floats of few values"
SHAPES: Final = (
    f"(N,H,W), (N,H,W,C) or (N,C,H,W) with C = 1 to {MAX_CHANNELS}, or rows (N,H*W) with"
    " --layout HxW"
)
"""What images may be, in the words of messages."""

_USUAL = (1, 3)
"""Numbers of channels that a 4-d shape is first taken to have; then any from 1 to 4."""
_INTEGERS, _FLOATS, _ROWS = 2, 3, 4
"""Ranks of arrays that may be images, after bytes (0) and uint16 (1)."""


def dtype_name(dtype: np.dtype[Any]) -> str:
    """The name in `DTYPES` of a type of entries that we take, or an empty string."""
    # ">u1" and "|u1" are the same bytes, and NumPy holds both equal to uint8.
    return next((name for name in DTYPES if dtype == np.dtype(name)), "")


def is_type(dtype: np.dtype[Any]) -> bool:
    """Whether images may be of this type."""
    return bool(dtype_name(dtype) or entry_dtype(dtype))


def looks_like_images(array: NDArray[Any]) -> bool:
    """Whether dtype and shape are those of images of bytes or uint16, in whatever layout."""
    return bool(dtype_name(array.dtype)) and bool(_layouts(array))


def candidates_among(arrays: Mapping[str, NDArray[Any]], layout: str | None) -> list[str]:
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


def describe_arrays(arrays: Mapping[str, NDArray[Any]], names: Sequence[str]) -> str:
    """Some arrays with their types and shapes, for messages."""
    return ", ".join(f"{name!r} ({arrays[name].dtype} {arrays[name].shape})" for name in names)


def layout_of(name: str, array: NDArray[Any], layout: str | None) -> str:
    """The layout of the image array: the one asked for if it fits, else the only one that does.

    Raises `DataError` where it can be no images, or none or several fit.
    """
    if not is_type(array.dtype):
        raise DataError(
            f"the image array {name!r} is {array.dtype}; images must be {TYPES}"
            " (convert them first)"
        )
    layouts = _layouts(array)
    if not layouts:
        raise DataError(
            f"the image array {name!r} has the shape {array.shape}; images must be {SHAPES}"
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
