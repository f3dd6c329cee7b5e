"""What lies at a path: pictures, in a folder, packed in a zip or tar, or in Parquet; or arrays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from acncodec.errors import DataError
from acncodec.images.folder import open_folder
from acncodec.images.packed import unpacked
from acncodec.images.parquet_pictures import parquet_pictures
from acncodec.images.pictures import Pictures
from acncodec.images.zarrs import is_zarr


@contextmanager
def pictures_in(
    path: Path, images: str | None = None, skip: Collection[str] = (), lossy: bool = False
) -> Iterator[Pictures | None]:
    """The pictures at `path`, which can be read meanwhile; None where there are arrays.

    Args:
        images: which column of Parquet they are; by default the first one of pictures.
        skip: names of other arrays that are not wanted, for each of which an empty one stands,
            and of pictures, or folders of pictures, in a folder, a zip or a tar.
        lossy: take the pixels of JPEG and lossy WebP files too.

    Raises:
        DataError: as `open_folder`, `unpacked` and `parquet_pictures` do, and for what is neither a
            file nor a folder.
        MissingExtraError: a library is not installed.
        OSError, ValueError: the path cannot be opened.
    """
    if path.is_dir():
        yield None if is_zarr(path) else _of_folder(path, skip, lossy)
        return
    if path.exists() and not path.is_file():
        raise DataError("is neither a file nor a folder")
    with path.open("rb") as file, unpacked(file, skip, lossy) as found:
        if found is not None:
            yield found
            return
        with parquet_pictures(file, images, skip, lossy) as columns:
            yield columns


def _of_folder(path: Path, skip: Collection[str], lossy: bool) -> Pictures:
    folder = open_folder(path, lossy, skip=skip)
    return Pictures(folder, after=folder.side(), warnings=folder.warnings, stays=True)
