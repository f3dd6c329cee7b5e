"""The arrays beside the images: which of them follow the images, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import SideArray
from acncodec.images.image_arrays import looks_like_images


def other_arrays(
    arrays: Mapping[str, NDArray[Any]],
    images: str,
    aligned: Sequence[str],
    not_aligned: Sequence[str],
) -> tuple[SideArray, ...]:
    """All arrays but that of the images, each with its alignment decided.

    Raises `DataError` where an override names an array that is not there, or has other rows.
    """
    count = arrays[images].shape[0]
    for option, names in (("--aligned", aligned), ("--not-aligned", not_aligned)):
        for name in names:
            if name not in arrays:
                raise DataError(f"{option} {name!r}: there is no such array")
            if name == images:
                raise DataError(f"{option} {name!r}: that is the image array")
    for name in aligned:
        if name in not_aligned:
            raise DataError(f"{name!r} is named by both --aligned and --not-aligned")
        if arrays[name].shape[:1] != (count,):
            raise DataError(
                f"--aligned {name!r}: its shape is {arrays[name].shape}, but there are"
                f" {count} images"
            )
    return tuple(
        SideArray(name, array, array.shape[:1] == (count,) and name not in not_aligned)
        for name, array in arrays.items()
        if name != images
    )


def further_images(images: str, side: Sequence[SideArray]) -> tuple[str, ...]:
    """Warnings about arrays that look like images beside those that are."""
    return tuple(
        f"{other.name!r} looks like images too, but only {images!r} is compressed as images:"
        f" {other.name!r} is kept as side data, compressed generically, whichever of them"
        f" --images names; for an archive of each, leave one out with --skip {other.name}, then"
        f" the other with --skip {images}"
        for other in side
        if looks_like_images(other.array)
    )
