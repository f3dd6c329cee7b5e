"""A folder of pictures and of further folders, in the order of their names.

What a file is, its content says; its header says of which size and depth it is, and all are looked
at before any is decoded. Samples are taken as they are stored. What does not come back is named in
a warning.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import Chunk
from acncodec.images.formats.picture import Picture, read_samples
from acncodec.images.formats.pictures import (
    SUFFIXES,
    is_picture,
    naming_picture,
    read_headers,
)
from acncodec.images.formats.pnm import PNM
from acncodec.images.picture_file import file_name
from acncodec.images.picture_side import PictureSide, pack_sides
from acncodec.images.plain_names import find_unplain
from acncodec.images.reading import MAX_BYTES, check_total
from acncodec.images.tree import MAX_ENTRIES, Tree, walk

_PAGE_SUFFIX = ".png"


@dataclass(frozen=True, eq=False)
class FolderPicture:
    """A picture of a folder.

    Attributes:
        name: with its folders; of several pictures in one file `FILE/0.png` and so on.
        file: the name of its file, with its folders.
        picture: what the file says of it.
        stamp: size and time of the file when it was looked at.
    """

    name: str
    file: str
    picture: Picture
    stamp: tuple[int, int]

    @property
    def side(self) -> PictureSide:
        """What comes back of it beside its samples."""
        return PictureSide(self.name, self.picture.mode, self.picture.chunks)


@dataclass(frozen=True, eq=False)
class Folder:
    """The pictures of a folder, read when asked for; a `StoredArray` where all are alike.

    Attributes:
        path: the folder.
        pictures: all of them, in order; at least one.
        warnings: what is left out and what does not come back.
    """

    path: Path
    pictures: tuple[FolderPicture, ...]
    warnings: tuple[str, ...] = ()

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

    @property
    def lossy_files(self) -> tuple[int, int]:
        """The number of lossy files, and their bytes."""
        sizes = {one.file: one.stamp[0] for one in self.pictures if one.picture.lossy}
        return len(sizes), sum(sizes.values())

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
        one = self.pictures[row]
        with naming_picture(one.file), (self.path / one.file).open("rb") as file:
            if _stamp(file) != one.stamp:
                raise DataError("it has changed since the folder was read")
            return read_samples(file, one.picture)

    def side(self) -> dict[str, NDArray[Any]]:
        """The arrays that say what comes back of pictures beside their samples."""
        return pack_sides([one.side for one in self.pictures], told=self.is_uniform)


def open_folder(path: Path, lossy: bool = False, max_entries: int = MAX_ENTRIES) -> Folder:
    """List a folder and the folders in it, and look at the header of each picture.

    Raises:
        DataError: no picture, one that cannot be taken as it is, a file that cannot be read, or
            more than `max_entries` entries or pictures.
        MissingExtraError: a library that some picture needs is not installed.
    """
    tree = walk(path, max_entries)
    chosen: list[str] = []
    rest = list(tree.others)
    for name in tree.files:
        (chosen if is_picture(path / name) else rest).append(name)
    pictures: list[FolderPicture] = []
    known: dict[tuple[Chunk, ...], tuple[Chunk, ...]] = {}
    for name in chosen:
        pictures.extend(_describe(path, name, lossy, known))
        if len(pictures) > max_entries:
            raise DataError(f"the folder holds more than {max_entries:,} pictures")
    if not pictures:
        raise DataError(_nothing(tree))
    return Folder(path, tuple(pictures), _warnings(pictures, rest, tree.links))


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
        raise DataError(
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


def _describe(
    path: Path, name: str, lossy: bool, known: dict[tuple[Chunk, ...], tuple[Chunk, ...]]
) -> Iterator[FolderPicture]:
    """The pictures of one file. Equal chunks, which may be long, are one in memory."""
    with naming_picture(name), (path / name).open("rb") as file:
        stamp = _stamp(file)
        pictures = read_headers(file, lossy)
    if len(pictures) == 1:
        names = [name]
    else:
        digits = len(str(len(pictures) - 1))
        suffix = Path(name).suffix if name.lower().endswith(PNM.suffixes) else _PAGE_SUFFIX
        names = [f"{name}/{page:0{digits}}{suffix}" for page in range(len(pictures))]
    for own, picture in zip(names, pictures, strict=True):
        chunks = known.setdefault(picture.chunks, picture.chunks)
        yield FolderPicture(own, name, replace(picture, chunks=chunks), stamp)


def _stamp(file: IO[bytes]) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _nothing(tree: Tree) -> str:
    message = f"the folder holds no image ({', '.join(SUFFIXES)})"
    if tree.links:
        message += f"; the {len(tree.links)} links in it are not followed"
    if any(name.endswith(".bin") for name in tree.files):
        message += "; files of CIFAR's binary form are given one by one"
    return message


def _warnings(
    pictures: Sequence[FolderPicture], rest: Sequence[str], links: Sequence[str]
) -> tuple[str, ...]:
    found = []
    if rest:
        found.append(
            f"{len(rest)} other entries of the folder are no images and are left out"
            f" (the first: {min(rest)!r})"
        )
    if links:
        found.append(
            f"{len(links)} links in the folder are not followed, and left out (the first:"
            f" {links[0]!r})"
        )
    lossy = {one.file: one.stamp[0] for one in pictures if one.picture.lossy}
    if lossy:
        samples = sum(one.picture.nbytes for one in pictures if one.picture.lossy)
        found.append(
            f"of {len(lossy)} lossy files ({sum(lossy.values()):,} bytes) the pixels alone are"
            f" kept ({samples:,} bytes unpacked), as this machine decodes them; the files do not"
            " come back"
        )
    lost = Counter(text for one in pictures for text in one.picture.lost)
    found += [f"{count} images have {text}, which is not kept" for text, count in lost.items()]
    if (unplain := find_unplain([file_name(one.side) for one in pictures])) is not None:
        name, cause = unplain
        found.append(f"{name!r} {cause}: the pictures can come back as arrays, but not as a folder")
    return tuple(found)
