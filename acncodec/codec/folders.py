"""Archives of a folder's pictures, written as a folder again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.contents import Decoding, MixedDecoding
from acncodec.container import Archive, Header, MixedHeader, NewFolder, unpack_side
from acncodec.errors import DataError
from acncodec.images import DataSet, MixedData
from acncodec.images.form import Form
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed import MixedSpec
from acncodec.images.spec import ImageSpec
from acncodec.images.write_folder import check_count, read_sides, write_pictures


def save_folder_in_parts(folder: NewFolder, found: Decoding | MixedDecoding) -> None:
    """Write pictures to `folder`, those of each shard when it is decoded.

    Raises `DataError` of names that may not become files before anything is decoded.
    """
    dtype = np.dtype(found.header.spec.dtype)
    if isinstance(found, Decoding):
        sides = read_sides(found.side, _channels(found.header), dtype)
        images = _images(found.header.spec, found.parts)
    else:
        spec = found.header.spec
        sides = read_sides(found.side, _only_channels(found.header.classes, spec), dtype)
        given = (image for part in found.parts for image in spec.arrays(part))
        images = (_upright(image, spec.layout) for image in given)
    write_pictures(folder.add, sides, images)


def save_folder(folder: NewFolder, data: DataSet | MixedData) -> None:
    """Write a data set's pictures to `folder`.

    Raises `DataError` where it holds anything that no folder of pictures does.
    """
    check_count(data.count)
    _check_form(data.spec.form)
    dtype = np.dtype(data.spec.dtype)
    if isinstance(data, MixedData):
        sides = read_sides(data.side, _only_channels(data.classes, data.spec), dtype)
        images: Iterable[NDArray[Any]] = (
            _upright(image, data.spec.layout) for image in data.arrays()
        )
    else:
        channels = data.shape[0] + data.spec.replicated - 1
        sides = read_sides(data.side, channels, dtype)
        images = _images(data.spec, [data.pixels])
    write_pictures(folder.add, sides, images)


def check_folder(archive: Archive) -> None:
    """Refuse an archive that no folder can be written from; its side data must have been read.

    Raises `FormatError` where that is malformed, `DataError` where it holds too many pictures, no
    names, or names that may not become files.
    """
    header = archive.header
    check_count(header.count)
    _check_form(header.spec.form)
    if archive.side is None:
        raise DataError("it holds no names of pictures, so that there is no folder to write")
    dtype = np.dtype(header.spec.dtype)
    if isinstance(header, MixedHeader):
        channels = _only_channels(header.classes, header.spec)
    elif header.labels:
        return  # which need the images
    else:
        channels = _channels(header)
    read_sides(unpack_side(archive.side, header.count), channels, dtype)


def _check_form(form: Form) -> None:
    """Pictures are neither floats, nor flat rows, nor several sets."""
    if form.splits is not None:
        sets = ", ".join(form.splits.names)
        raise DataError(f"it holds several sets ({sets}), which are no single folder of pictures")
    if not form.is_plain:
        raise DataError("its images are arrays of another kind than pictures; write an .npz")


def _channels(header: Header) -> int:
    return header.shape[0] + header.spec.replicated - 1


def _only_channels(classes: Sequence[ImageClass], spec: MixedSpec) -> int | None:
    """The channels of all images, or None where they differ: then there are modes."""
    found = {one.channels + spec.replicated - 1 for one in classes}
    return found.pop() if len(found) == 1 else None


def _images(spec: ImageSpec, parts: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """Each image of parts (n, C, H, W) of level indexes, (H, W) or (H, W, C)."""
    for pixels in parts:
        for image in spec.to_array(pixels):
            yield _upright(image, spec.layout)


def _upright(image: NDArray[Any], layout: str) -> NDArray[Any]:
    return np.moveaxis(image, 0, -1) if layout == "nchw" else image
