"""Class labels of images: an array of the data set, or a file of their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet
from acncodec.images.formats.idx import GZIP_MAGIC, load_idx_labels
from acncodec.images.formats.npy import MAGIC as NPY_MAGIC
from acncodec.images.formats.npy import read_npy
from acncodec.images.formats.text import LABELS, load_columns

PREFERRED_NAMES = ("y", "labels", "label", "y_train", "fine_labels")
"""Names of arrays taken for labels, the first before the others; before them all comes the name
that goes with the images', as `val_labels` does with `val_images` and `y_test` with `x_test`."""

_KINDS = "biuUS"


def find_labels(data: DataSet, name: str | None = None) -> NDArray[Any]:
    """The labels (N,) among the side arrays of `data`: the one called `name`, or by habit.

    Raises:
        DataError: there are none, or they are not one integer or string for each image.
    """
    side = {entry.name: entry.array for entry in data.side}
    wanted = _usual_names(data) if name is None else (name,)
    found = next((entry for entry in wanted if entry in side), None)
    if found is None:
        there = ", ".join(map(repr, side)) or "no other arrays"
        raise DataError(
            f"no labels: no array is called {' or '.join(map(repr, wanted))} (there are {there})"
        )
    return check_labels(side[found], data.count, f"the array {found!r}")


def has_labels(data: DataSet) -> bool:
    """Whether an array of `data` has a name that labels have by habit."""
    return any(entry.name in _usual_names(data) for entry in data.side)


def _usual_names(data: DataSet) -> tuple[str, ...]:
    """Names that labels of `data` have by habit."""
    images = data.spec.name
    mate = images.replace("images", "labels")
    if images.startswith("x_"):
        mate = f"y_{images.removeprefix('x_')}"
    return PREFERRED_NAMES if mate in (images, *PREFERRED_NAMES) else (mate, *PREFERRED_NAMES)


def load_labels(path: Path, count: int) -> NDArray[Any]:
    """The labels (N,) of `count` images from an IDX file (gzipped or not) or an .npy.

    Raises:
        DataError: it cannot be read, or does not hold one label for each image.
    """
    return check_labels(read_labels(path), count, "the file")


def read_labels(path: Path) -> NDArray[Any]:
    """The array in an IDX file of labels (gzipped or not) or in an .npy, or the single column of a
    table of text.

    Raises:
        DataError: it cannot be read, or is a table of several columns.
    """
    arrays = read_beside(path)
    if len(arrays) > 1:
        raise DataError(f"it has several columns: {', '.join(map(repr, arrays))}")
    return next(iter(arrays.values()))


def read_beside(path: Path) -> dict[str, NDArray[Any]]:
    """The array in an IDX file of labels (gzipped or not) or in an .npy as `labels`, or the columns
    of a table of text by their names.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            start = file.read(len(NPY_MAGIC))
            file.seek(0)
            if start == NPY_MAGIC:
                return {LABELS: read_npy(file, size)}
            if start[:2] in (GZIP_MAGIC, b"\0\0"):
                return {LABELS: load_idx_labels(file, size)}
            return load_columns(file)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise DataError(f"cannot be read: {error}") from error


def check_labels(labels: NDArray[Any], count: int, what: str) -> NDArray[Any]:
    """`labels` as (N,). Raises `DataError` unless it is one integer or string an image."""
    if labels.shape == (count, 1):
        labels = labels[:, 0]
    if labels.shape != (count,):
        raise DataError(
            f"{what} has the shape {labels.shape}; labels of {count} images are ({count},)"
        )
    if labels.dtype.kind not in _KINDS:
        raise DataError(f"{what} is {labels.dtype}; labels are integers or strings")
    return np.ascontiguousarray(labels)
