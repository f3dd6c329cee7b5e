"""Labels that lie beside the images, in a file of their own: taken into the set, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.classes import read_beside
from acncodec.images.dataset import DataSet, SideArray
from acncodec.images.mixed import MixedData
from acncodec.images.mixed_source import MixedSource
from acncodec.images.source import DataSource
from acncodec.images.stored import StoredData
from acncodec.images.stored_mixed import StoredMixed

NAMES = "names"
"""The array of a folder's file names."""


Data = TypeVar("Data", bound=DataSource | MixedSource)


def with_labels(data: Data, path: Path) -> Data:
    """The same set with the arrays in `path` as the last ones, which follow the images.

    Of an .npy or an IDX file it is `labels`, of a table of text its columns. Where the images have
    names and a column has them all, rows go by these, else by their place.

    Raises:
        DataError: the file cannot be read, has not one row an image, names other images, or there
            is an array of such a name.
    """
    arrays = read_beside(path)
    taken = {data.spec.name, *(entry.name for entry in data.side)}
    for name, array in arrays.items():
        if not array.ndim or len(array) != data.count:
            raise DataError(
                f"it has the shape {array.shape}, and labels of {data.count} images have a row for"
                " each"
            )
        if name in taken:
            raise DataError(f"there is an array {name!r} beside the images already")
    rows = _rows_by_name(data, arrays)
    more = (SideArray(name, array[rows], aligned=True) for name, array in arrays.items())
    side = (*data.side, *more)
    if isinstance(data, StoredData):
        return data.with_side(side)
    if isinstance(data, StoredMixed):
        return data.with_side(side)
    if isinstance(data, DataSet | MixedData):
        return replace(data, side=side)
    raise DataError("labels beside such images are not taken")


def _rows_by_name(
    data: DataSource | MixedSource, arrays: Mapping[str, NDArray[Any]]
) -> NDArray[np.int64]:
    """Which row of the arrays goes with each image."""
    own = np.arange(data.count)
    known = [entry.array for entry in data.side if entry.name == NAMES and entry.aligned]
    if not known or known[0].ndim != 1:
        return own
    names = [str(name) for name in known[0].tolist()]
    for column, array in arrays.items():
        if array.dtype.kind != "U" or array.ndim != 1:
            continue
        places = {str(name): at for at, name in enumerate(array.tolist())}
        there = sum(name in places for name in names)
        if there == len(names) == len(places):
            return np.array([places[name] for name in names], np.int64)
        if there:
            raise DataError(
                f"its column {column!r} has the names of {there} images, and there are {len(names)}"
            )
    return own
