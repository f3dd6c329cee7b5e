"""Parquet files with pictures: one column of them is the set, other columns stand beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.folder import Folder, check_uniform, open_folder, read_all
from acncodec.images.formats.parquet import MAGIC, PARQUET, Columns, picture_name
from acncodec.images.picture_side import NAMES
from acncodec.images.pictures import Arrays, Pictures
from acncodec.images.reading import MAX_BYTES


@contextmanager
def parquet_pictures(
    file: IO[bytes],
    images: str | None = None,
    skip: Collection[str] = (),
    lossy: bool = False,
    *,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Pictures | None]:
    """The pictures of a Parquet file as a folder that is there meanwhile, or None if it is none, or
    has no column of pictures; then it stands at its start.

    The set is the column that `images` names, else the first one of pictures. After it come
    `names`, where it has paths, and what else `picture_side` says; where an array is called so
    already, `COLUMN/names` and so on.

    Args:
        file: seekable; stands at its start.
        images: the name of the column of images.
        skip: columns that are not read; an empty array stands for each.
        lossy: take the pixels of JPEG and lossy WebP files too.
        max_bytes: the most that one column may take.

    Raises:
        DataError: as `Columns` and `open_folder` do; pictures of several sizes or modes in a column
            beside the set.
        MissingExtraError: a library is not installed.
    """
    start = file.read(len(MAGIC))
    file.seek(0)
    columns = Columns(file, max_bytes) if start == MAGIC else None
    chosen = None if columns is None else _choose(columns, images, skip)
    if columns is None or chosen is None:
        file.seek(0)
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="acncodec-") as name:
        yield _gather(columns, chosen, Path(name), skip, lossy, max_bytes)


def _choose(columns: Columns, images: str | None, skip: Collection[str]) -> str | None:
    """The column of pictures that is the set, or None."""
    pictures = [
        name for name in columns.names if name not in skip and columns.holds_pictures(name)
    ]  # fmt: skip
    return images if images in pictures else next(iter(pictures), None)


def _gather(
    columns: Columns, chosen: str, folder: Path, skip: Collection[str], lossy: bool, max_bytes: int
) -> Pictures:
    """The pictures of the chosen column, unpacked to `folder`, and all that is beside them."""
    opened, side = _unpack(columns, chosen, folder, lossy, {*columns.names})
    before: Arrays = {}
    after = dict(side)
    warnings = [PARQUET.note, *opened.warnings]
    for name in columns.names:
        if name == chosen:
            continue
        found = after if columns.names.index(name) > columns.names.index(chosen) else before
        if name in skip:
            found[name] = np.empty(0)
        elif columns.holds_pictures(name):
            with tempfile.TemporaryDirectory(prefix="acncodec-") as other:
                taken = {*columns.names, *before, *after}
                more, beside = _unpack(columns, name, Path(other), lossy, taken)
                found |= {name: _alike(more, name, max_bytes), **beside}
                warnings += more.warnings
        else:
            found[name] = columns.array(name)
    return Pictures(opened, chosen, before, after, tuple(warnings))


def _unpack(
    columns: Columns, name: str, folder: Path, lossy: bool, taken: Collection[str]
) -> tuple[Folder, Arrays]:
    """The pictures of a column, and the arrays that belong to them.

    taken: names that these arrays do not get.
    """
    paths = columns.unpack(name, folder)
    try:
        opened = open_folder(folder, lossy)
    except DataError as error:
        raise DataError(f"the column {name!r}: {error}") from error
    if [one.name for one in opened.pictures] != [picture_name(row) for row in range(len(paths))]:
        raise DataError(f"an entry of the column {name!r} is no picture, or several in one file")
    side = opened.side()
    del side[NAMES]
    known = [path for path in paths if path is not None]
    if len(known) == len(paths):
        side = {NAMES: np.array(known), **side}
    prefix = f"{name}/" if set(side) & set(taken) else ""
    side = {prefix + key: array for key, array in side.items()}
    if set(side) & set(taken):
        raise DataError(f"the arrays of the column {name!r} would be called like others")
    return opened, side


def _alike(folder: Folder, name: str, max_bytes: int) -> NDArray[Any]:
    try:
        check_uniform(folder)
    except DataError as error:
        raise DataError(
            f"the column {name!r}: {error}; of several columns of pictures one alone may have"
            f" several: say --images {name}, or --skip {name}"
        ) from error
    return read_all(folder, max_bytes)
