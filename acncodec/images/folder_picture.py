"""The pictures that a file of a folder holds, each with its name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import Chunk
from acncodec.images.formats.picture import Picture, read_samples
from acncodec.images.formats.pictures import naming_picture, read_headers
from acncodec.images.formats.pnm import PNM
from acncodec.images.picture_side import PictureSide

_PAGE_SUFFIX: Final = ".png"

Known = dict[tuple[Chunk, ...], tuple[Chunk, ...]]
"""Lists of chunks that were seen: equal ones, which may be long, are one in memory."""


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

    def read(self, folder: Path) -> NDArray[Any]:
        """Its samples, (H, W) or (H, W, C).

        Raises `DataError` where the file cannot be read, or is not what it was.
        """
        with naming_picture(self.file), (folder / self.file).open("rb") as file:
            if _stamp(file) != self.stamp:
                raise DataError("it has changed since the folder was read")
            return read_samples(file, self.picture)


def lossy_files(pictures: Sequence[FolderPicture]) -> tuple[int, int]:
    """The number of lossy files, and their bytes."""
    sizes = {one.file: one.stamp[0] for one in pictures if one.picture.lossy}
    return len(sizes), sum(sizes.values())


def describe_file(path: Path, name: str, lossy: bool, known: Known) -> Iterator[FolderPicture]:
    """The pictures in the file `name` of a folder, by their headers; of several in one file each is
    called as if the file were a folder of them.

    Raises `DataError` when one cannot be taken, `MissingExtraError` when a library is missing.
    """
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
