"""Zarr arrays and groups in a folder, of either version of the format."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, MissingExtraError
from acncodec.images.reading import MAX_BYTES, check_total

MARKS: Final = ("zarr.json", ".zgroup", ".zarray")
"""Files of which one lies in the folder of an array or a group."""
_LOSSY: Final = ("fixedscaleoffset", "astype", "quantize", "bitround", "scale_offset", "cast_value")
"""Filters that change values before they are stored."""
_MAX_DEPTH: Final = 8

Arrays = dict[str, NDArray[Any]]


def is_zarr(path: Path) -> bool:
    """Whether a folder is a Zarr array or group."""
    return any((path / mark).is_file() for mark in MARKS)


def load_zarr(
    path: Path, skip: Collection[str] = (), *, max_bytes: int = MAX_BYTES
) -> tuple[Arrays, tuple[str, ...]]:
    """Read all arrays of a group by their names, `group/array` where they lie deeper, in the order
    of the alphabet; a single array is `x`.

    Args:
        path: the folder.
        skip: arrays that are not read; an empty one stands for each.
        max_bytes: the most that all arrays may take.

    Returns:
        The arrays, and warnings.

    Raises:
        DataError: malformed, of objects or of text of any length, or too large.
        MissingExtraError: zarr is not installed.
    """
    zarr = _zarr()
    try:
        root = zarr.open(str(path), mode="r")
        found = [("x", root)] if isinstance(root, zarr.Array) else list(_members(zarr, root, "", 0))
        arrays: Arrays = {}
        warnings: list[str] = []
        total = 0
        for name, one in found:
            if name in skip:
                arrays[name] = np.empty(0)
                continue
            total += math.prod(one.shape) * one.dtype.itemsize
            check_total(total, max_bytes)
            arrays[name] = _read(name, one)
            warnings += _about(name, one)
        return arrays, tuple(warnings)
    except DataError:
        raise
    except Exception as error:  # a store may raise whatever befalls it
        cause = str(error) or type(error).__name__
        raise DataError(f"corrupt or unreadable Zarr: {cause}") from error


def _members(zarr: Any, group: Any, prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The arrays of a group and of the groups in it, sorted: a store has no order."""
    if depth == _MAX_DEPTH:
        raise DataError(f"groups within groups, more than {_MAX_DEPTH} deep")
    for name, member in sorted(group.members()):
        if isinstance(member, zarr.Array):
            yield prefix + name, member
        else:
            yield from _members(zarr, member, f"{prefix}{name}/", depth + 1)


def _read(name: str, array: Any) -> NDArray[Any]:
    if array.dtype.hasobject or array.dtype.kind not in "biufcSU":
        raise DataError(
            f"the array {name!r} is of type {array.dtype}, which is not taken; to leave it out, say"
            f" --skip {name}"
        )
    whole = np.ascontiguousarray(array[...])
    return whole.reshape(array.shape)


def _about(name: str, array: Any) -> Iterator[str]:
    missing = array.nchunks - array.nchunks_initialized
    if missing:
        yield (
            f"{missing} of the {array.nchunks} chunks of {name!r} are not stored, and read as"
            f" {array.fill_value}"
        )
    codecs = [type(one).__name__.lower() for one in (*array.filters, *array.compressors)]
    configs = " ".join(str(one).lower() for one in array.filters)
    lossy = [known for known in _LOSSY if known in configs or known in codecs]
    if lossy:
        yield (
            f"{name!r} is stored with the filter {lossy[0]}, which may have changed its values"
            " already"
        )


def _zarr() -> Any:
    try:
        import zarr
    except ImportError as error:
        raise MissingExtraError(
            "a Zarr folder needs zarr, which is not installed: pip install 'acncodec[zarr]'"
        ) from error
    return zarr
