"""A folder of pictures and of further folders, in the order of their names.

What a file is, its content says; its header says of which size and depth it is, and all are looked
at before any is decoded. Samples are taken as they are stored. What does not come back is named in
a warning.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, SeveralShapesError
from acncodec.images.folder_picture import FolderPicture, Known, describe_file
from acncodec.images.folder_words import left_behind, nothing_found
from acncodec.images.formats.pictures import is_picture
from acncodec.images.picture_side import pack_sides
from acncodec.images.reading import MAX_BYTES, check_total
from acncodec.images.tree import MAX_ENTRIES, walk


@dataclass(frozen=True, eq=False)
class Folder:
    """The pictures of a folder, read when asked for; a `StoredArray` where all are alike.

    Attributes:
        path: the folder.
        pictures: all of them, in order; at least one.
        warnings: what is left out and what does not come back.
        skipped: the names by which entries were asked to be left out.
    """

    path: Path
    pictures: tuple[FolderPicture, ...]
    warnings: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()

    @property
    def is_uniform(self) -> bool:
        """Whether all pictures are of one size and mode."""
        return self.odd_one is None

    @property
    def odd_one(self) -> FolderPicture | None:
        """The first picture that is not of the size and mode of the first of all."""
        like = self.pictures[0].picture
        for one in self.pictures:
            if (one.picture.shape, one.picture.mode) != (like.shape, like.mode):
                return one
        return None

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the first picture's samples."""
        return self.pictures[0].picture.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array of all pictures, if they are alike."""
        return (len(self.pictures), *self.pictures[0].picture.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that the samples of all pictures take in memory."""
        return sum(one.picture.nbytes for one in self.pictures)

    def read(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """The pictures at `rows`, all alike, (n, H, W) or (n, H, W, C).

        Raises `DataError` for a file that cannot be read, or is not what it was.
        """
        out = np.empty((len(rows), *self.shape[1:]), self.dtype)
        for place, row in enumerate(rows.tolist()):
            out[place] = self.samples(row)
        return out

    def samples(self, row: int) -> NDArray[Any]:
        """The samples of one picture, (H, W) or (H, W, C). Raises as `read` does."""
        return self.pictures[row].read(self.path)

    def only(self, rows: range | NDArray[np.int64]) -> Folder:
        """Some of the pictures, wherever the working folder is; without warnings."""
        numbers = rows if isinstance(rows, range) else rows.tolist()
        pictures = tuple(self.pictures[number] for number in numbers)
        return Folder(self.path.absolute(), pictures)

    def side(self) -> dict[str, NDArray[Any]]:
        """The arrays that say what comes back of pictures beside their samples."""
        return pack_sides([one.side for one in self.pictures], told=self.is_uniform)


def open_folder(
    path: Path, lossy: bool = False, max_entries: int = MAX_ENTRIES, skip: Collection[str] = ()
) -> Folder:
    """List a folder and the folders in it, and look at the header of each picture.

    skip: names of entries that are not looked at, and of folders with all in them; others may be
    among them.

    Raises:
        DataError: no picture, one that cannot be taken as it is, a file that cannot be read, or
            more than `max_entries` entries or pictures.
        MissingExtraError: a library that some picture needs is not installed.
    """
    tree, skipped = walk(path, max_entries).without(skip)
    chosen: list[str] = []
    rest = list(tree.others)
    for name in tree.files:
        (chosen if is_picture(path / name) else rest).append(name)
    pictures: list[FolderPicture] = []
    known: Known = {}
    for name in chosen:
        pictures.extend(describe_file(path, name, lossy, known))
        if len(pictures) > max_entries:
            raise DataError(f"the folder holds more than {max_entries:,} pictures")
    if not pictures:
        raise DataError(nothing_found(tree))
    return Folder(path, tuple(pictures), left_behind(pictures, rest, tree.links), skipped)


def load_folder(
    path: Path, *, lossy: bool = False, max_bytes: int = MAX_BYTES
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Read every picture of a folder, to any depth, sorted by name.

    Returns:
        The arrays `x` (bool, uint8 or uint16; (N, H, W), or (N, H, W, C) with 2 to 4 channels),
        `names` and what else `picture_side` says, and warnings.

    Raises:
        DataError: as `open_folder`, and when not all are of one size and mode, or are too much in
            all.
        MissingExtraError: a library that some picture needs is not installed.
    """
    folder = open_folder(path, lossy)
    check_uniform(folder)
    return {"x": read_all(folder, max_bytes), **folder.side()}, folder.warnings


def check_uniform(folder: Folder) -> None:
    """Raise `DataError` unless all pictures are of one size and mode."""
    if (odd := folder.odd_one) is not None:
        first = folder.pictures[0]
        raise SeveralShapesError(
            f"{odd.name!r} is {odd.picture.describe()}, but {first.name!r} is"
            f" {first.picture.describe()}; here all images must be of one size and mode"
        )


def read_all(folder: Folder, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    """All pictures of a folder in which they are alike.

    Raises `DataError` as `Folder.read` does, and when they are too much.
    """
    check_total(folder.nbytes, max_bytes)
    try:
        return folder.read(np.arange(len(folder.pictures)))
    except MemoryError as error:
        raise DataError(f"not enough memory for {len(folder.pictures)} images") from error
