"""Labels that lie beside the images, in a file of their own: taken into the set, row by row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import overload

from acncodec.errors import DataError
from acncodec.images.classes import read_labels
from acncodec.images.dataset import DataSet, SideArray
from acncodec.images.source import DataSource
from acncodec.images.stored import StoredData

NAME = "labels"
"""What they are called."""


@overload
def with_labels(data: DataSet, path: Path) -> DataSet: ...
@overload
def with_labels(data: DataSource, path: Path) -> DataSource: ...
def with_labels(data: DataSource, path: Path) -> DataSource:
    """The same set with the array in `path` as the last one, `labels`, which follows the images.

    Raises:
        DataError: the file cannot be read, its first axis has not one row an image, or there is
            an array of that name.
    """
    array = read_labels(path)
    if not array.ndim or len(array) != data.count:
        raise DataError(
            f"it has the shape {array.shape}, and labels of {data.count} images have a row for each"
        )
    if NAME in (data.spec.name, *(entry.name for entry in data.side)):
        raise DataError(f"there is an array {NAME!r} beside the images already")
    side = (*data.side, SideArray(NAME, array, aligned=True))
    if isinstance(data, StoredData):
        return data.with_side(side)
    if isinstance(data, DataSet):
        return replace(data, side=side)
    raise DataError("labels beside such images are not taken")
