"""The Parquet file of an archive's arrays, written as they are decoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.array_file import image_list, is_list
from acncodec.codec.contents import Contents, Decoding
from acncodec.codec.reader import Reader
from acncodec.images import DataSet, ImageSpec, MixedData, SideArray
from acncodec.images.formats.parquet_writer import ParquetFile
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed import MixedSpec
from acncodec.images.parquet_plan import plan_columns

Images = Iterable[NDArray[Any]]


def write_parquet(archive: Reader, file: BinaryIO) -> Contents:
    """Write all arrays of an archive as columns, the images of each shard when it is decoded.

    Raises `DataError`, before an image is decoded unless labels are coded given all, where an array
    has no place in such a file (`images.parquet_plan`); `MissingExtraError` without pyarrow. When
    this raises, `file` may hold a part: the caller throws it away.
    """
    with archive.decoding() as found:
        if isinstance(found, DataSet | MixedData):
            save_parquet(file, found)
            return Contents.of(found)
        header, images = found.header, image_list(found)
        if isinstance(found, Decoding):
            _uniform(file, found.header.spec, found.header.shape, found.side, header.count, images)
        else:
            _mixed(
                file, found.header.spec, found.classes, found.side, header.count, images,
                listed=is_list(found),
            )  # fmt: skip
        return found.contents


def save_parquet(file: BinaryIO, data: DataSet | MixedData) -> None:
    """Write all arrays of a data set as columns. Raises as `write_parquet` does."""
    if isinstance(data, DataSet):
        images = iter(data.spec.to_array(data.pixels))
        _uniform(file, data.spec, data.shape, data.side, data.count, images)
    else:
        _mixed(
            file, data.spec, data.classes, data.side, data.count, data.arrays(),
            listed=data.is_list,
        )  # fmt: skip


def _uniform(
    file: BinaryIO, spec: ImageSpec, shape: tuple[int, int, int], side: Sequence[SideArray],
    count: int, images: Images,
) -> None:  # fmt: skip
    """Write images of one shape, that of their level indexes being `shape`."""
    none = spec.to_array(np.zeros((0, *shape), spec.index_dtype))
    channels = _channels(spec.layout, [shape[0] + spec.replicated - 1])
    plan = plan_columns(spec, side, count, none.dtype, none.shape[1:], channels)
    with ParquetFile(file, plan.columns) as table:
        for rows in plan.rows(images):
            table.add(rows)


def _mixed(
    file: BinaryIO, spec: MixedSpec, classes: Sequence[ImageClass], side: Sequence[SideArray],
    count: int, images: Images, *, listed: bool,
) -> None:  # fmt: skip
    """Write images of several classes; listed: whether they are no single array."""
    if not listed:
        one = spec.of(classes[0])
        _uniform(file, one, classes[0].shape, side, count, images)
        return
    channels = _channels(spec.layout, [one.channels for one in classes])
    plan = plan_columns(spec, side, count, np.dtype(spec.array_dtype), None, channels)
    with ParquetFile(file, plan.columns) as table:
        for rows in plan.rows(images):
            table.add(rows)


def _channels(layout: str, channels: Sequence[int]) -> int | None:
    """The channels of pictures, None where they differ, 0 where images are laid out as none: planes
    one after the other, or a single channel with an axis of its own."""
    if layout == "nchw" or (layout == "nhwc" and 1 in channels):
        return 0
    found = {*channels}
    return found.pop() if len(found) == 1 else None
