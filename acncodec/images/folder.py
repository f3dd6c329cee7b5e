"""A folder of pictures, one file a picture, in the order of their names.

What a file is, its content says; its header says of which size and depth it is, and all are looked
at before any is decoded. Samples are taken as they are stored. What does not come back (palettes,
colour profiles, text) is named in a warning.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.picture import Picture
from acncodec.images.formats.pictures import (
    SUFFIXES,
    describe_picture,
    is_picture,
    read_picture,
)
from acncodec.images.reading import MAX_BYTES, check_total


def load_folder(
    path: Path, *, max_bytes: int = MAX_BYTES
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Read every picture of a folder, sorted by name; subfolders are not entered.

    Returns:
        The arrays `x` (bool, uint8 or uint16; (N, H, W), or (N, H, W, C) with 2 to 4 channels) and
        `names` (fixed-width Unicode (N,)), and warnings.

    Raises:
        DataError: no picture, not all of one size, mode and depth, one that cannot be taken as it
            is, a file that cannot be read, or too much in all.
        MissingExtraError: a library that some picture needs is not installed.
    """
    folder = open_folder(path)
    check_total(math.prod(folder.shape) * folder.dtype.itemsize, max_bytes)
    try:
        stack = folder.read(np.arange(len(folder.names)))
    except MemoryError as error:
        raise DataError(f"not enough memory for {len(folder.names)} images") from error
    return {"x": stack, "names": np.array(folder.names)}, folder.warnings


@dataclass(frozen=True)
class FolderArray:
    """The pictures of a folder as one array, read when asked for.

    Attributes:
        path: the folder.
        names: of its files, sorted.
        dtype, shape: of the whole array.
        maximum: white, for all of them: grey of fewer bits is spread over 0..maximum.
        warnings: what is left out and what does not come back.
    """

    path: Path
    names: tuple[str, ...]
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    maximum: int
    warnings: tuple[str, ...] = ()

    def read(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """The pictures at `rows`, (n, H, W) or (n, H, W, C).

        Raises `DataError` for a file that cannot be read, or is not what it was.
        """
        out = np.empty((len(rows), *self.shape[1:]), self.dtype)
        for place, row in enumerate(rows.tolist()):
            picture, samples = read_picture(self.path / self.names[row])
            if not _is_alike(picture, self):
                raise DataError(f"{self.names[row]!r} has changed since the folder was read")
            out[place] = samples
            if picture.maximum < self.maximum:
                out[place] *= np.uint8(self.maximum // picture.maximum)
        return out


def open_folder(path: Path) -> FolderArray:
    """List a folder, and look at the header of each picture.

    Raises `DataError` and `MissingExtraError` as `load_folder` does.
    """
    try:
        entries = sorted(path.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(f"the folder cannot be read: {error.strerror}") from error
    # Hidden files are no one's pictures: a Mac leaves a `._a.png` beside each `a.png`.
    chosen = [
        entry
        for entry in entries
        if not entry.name.startswith(".") and entry.is_file() and is_picture(entry)
    ]
    if not chosen:
        raise DataError(_nothing(entries))
    pictures = [describe_picture(entry) for entry in chosen]
    names = tuple(entry.name for entry in chosen)
    maximum = max(picture.maximum for picture in pictures)
    first = pictures[0]
    folder = FolderArray(path, names, first.dtype, (len(names), *first.shape), maximum)
    for name, picture in zip(names, pictures, strict=True):
        if not _is_alike(picture, folder):
            raise DataError(
                f"{name!r} is {picture.describe()}, but {names[0]!r} is {first.describe()}; all"
                " images must be of one size and mode"
            )
    left_out = sorted({entry.name for entry in entries}.difference(names))
    warnings = (*_left_out(left_out), *_spread(pictures, maximum), *_lost(pictures))
    return FolderArray(path, names, folder.dtype, folder.shape, maximum, warnings)


def _is_alike(picture: Picture, folder: FolderArray) -> bool:
    """Whether a picture is of the folder's size and type, and its white can be the folder's."""
    same = (picture.shape, picture.dtype) == (folder.shape[1:], folder.dtype)
    return same and folder.maximum % picture.maximum == 0


def _nothing(entries: Sequence[Path]) -> str:
    message = f"the folder holds no image ({', '.join(SUFFIXES)})"
    if any(entry.is_dir() for entry in entries):
        message += "; its subfolders are not entered"
    if any(entry.suffix == ".bin" for entry in entries):
        message += "; files of CIFAR's binary form are given one by one"
    return message


def _left_out(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    left_out = f"{len(names)} other entries of the folder are no images and are left out"
    return (f"{left_out} (the first: {names[0]!r})",)


def _spread(pictures: Sequence[Picture], maximum: int) -> tuple[str, ...]:
    fewer = sum(picture.maximum < maximum for picture in pictures)
    if not fewer:
        return ()
    return (f"{fewer} images of fewer levels are spread over 0..{maximum}, as the others are",)


def _lost(pictures: Sequence[Picture]) -> tuple[str, ...]:
    counts = Counter(text for picture in pictures for text in picture.lost)
    return tuple(f"{count} images have {text}, which is not kept" for text, count in counts.items())
