"""Pictures to the files of a folder: all names are looked at before the first is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import SideArray
from acncodec.images.formats.modes import Mode
from acncodec.images.picture_file import encode_picture, file_name
from acncodec.images.picture_side import PictureSide, unpack_sides
from acncodec.images.plain_names import check_plain
from acncodec.images.tree import MAX_ENTRIES

Add = Callable[[str, bytes], None]
"""Writes a new file of a name, with its folders, and content."""


def check_count(count: int) -> None:
    """Raise `DataError` for more pictures than a folder is written with."""
    if count > MAX_ENTRIES:
        raise DataError(
            f"it holds {count:,} images; a folder is written with {MAX_ENTRIES:,} pictures at most,"
            " so name an .npz"
        )


def read_sides(
    side: Sequence[SideArray], channels: int | None, dtype: np.dtype[Any]
) -> list[PictureSide]:
    """What each picture is called and what it is, as `unpack_sides`; names that may become files.

    Raises `DataError` where they may not, and as `unpack_sides` does.
    """
    sides = unpack_sides(side, channels, dtype)
    check_plain([file_name(one) for one in sides])
    return sides


def write_pictures(add: Add, sides: Sequence[PictureSide], images: Iterable[NDArray[Any]]) -> None:
    """Write each picture.

    Args:
        add: writes a file.
        sides: what `read_sides` gave.
        images: as many, (H, W) or (H, W, C), of any type that holds their values.

    Raises:
        DataError: samples are not of the mode that is said of them, or there are more or fewer.
        OutputError: as `add` does.
    """
    count = 0
    for count, image in enumerate(images, 1):
        if count > len(sides):
            break
        one = sides[count - 1]
        try:
            add(file_name(one), encode_picture(one, as_mode(image, one.mode)))
        except DataError as error:
            error.args = (f"{one.name!r}: {error}",)
            raise
    if count != len(sides):
        raise DataError(f"there are {count} images, and names of {len(sides)}")


def as_mode(image: NDArray[Any], mode: Mode) -> NDArray[Any]:
    """Samples of any type, (H, W) or (H, W, C), as those of a mode, of which it has the values.

    Raises `DataError` where it does not.
    """
    samples = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    channels = samples.shape[2] if samples.ndim == 3 else 1
    if samples.ndim not in (2, 3) or channels != mode.channels:
        raise DataError(f"samples of shape {image.shape} are not of mode {mode.name}")
    if samples.size and int(samples.max()) > mode.maximum:
        raise DataError(f"a sample of {samples.max()} is above what mode {mode.name} has")
    return np.ascontiguousarray(samples, mode.dtype)
