"""The images of an archive as an .npy, which has room for one array and for nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from acncodec.codec.array_file import image_arrays, is_list
from acncodec.codec.contents import Contents
from acncodec.codec.reader import Reader
from acncodec.errors import DataError
from acncodec.images import DataSet, MixedData, SideArray
from acncodec.images.dataset import Placed
from acncodec.images.formats.npy import write_npy, write_npy_rows


def write_images(archive: Reader, file: BinaryIO) -> Contents:
    """Write the images of an archive, those of each shard when it is decoded.

    Raises `DataError`, before an image is decoded unless labels are coded given all, where that is
    not all that there is. When this raises, `file` may hold a part: the caller throws it away.
    """
    with archive.decoding() as found:
        if isinstance(found, DataSet | MixedData):
            save_images(file, found)
            return Contents.of(found)
        _check_alone(found.header.spec, found.side, listed=is_list(found))
        write_npy_rows(file, found.header.count, image_arrays(found))
        return found.contents


def save_images(file: BinaryIO, data: DataSet | MixedData) -> None:
    """Write the images of a data set. Raises `DataError` where they are not all of it."""
    listed = isinstance(data, MixedData) and data.is_list
    _check_alone(data.spec, data.side, listed=listed)
    array = data.spec.to_array(data.pixels) if isinstance(data, DataSet) else data.array()
    write_npy(file, array)


def _check_alone(spec: Placed, side: Sequence[SideArray], *, listed: bool) -> None:
    if spec.form.splits is not None:
        sets = ", ".join(spec.form.splits.names)
        raise DataError(f"it holds several sets ({sets}), which are no single array; write an .npz")
    if listed:
        raise DataError(
            "its images are of several shapes, which are no single array; write an .npz"
        )
    if side:
        names = ", ".join(repr(entry.name) for entry in side)
        raise DataError(
            f"beside its images it holds {names}, and an .npy has no room; write an .npz"
        )
