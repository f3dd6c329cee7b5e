"""Data sets of images: .npz, .npy, IDX or a folder; what is image and what is side data."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, ImageSpec, SideArray, check_together
from acncodec.images.folder import load_folder, open_folder
from acncodec.images.idx import GZIP_MAGIC, is_idx, load_idx, read_idx_header
from acncodec.images.npy import MAGIC as NPY_MAGIC
from acncodec.images.npy import raw_view, read_npy, read_npy_header, write_npy
from acncodec.images.npz import MAGICS as ZIP_MAGICS
from acncodec.images.npz import load_npz, save_in_parts, save_npz
from acncodec.images.reading import MAX_BYTES
from acncodec.images.recognise import find_images, recognise
from acncodec.images.source import DataSource
from acncodec.images.stored import FileArray, StoredArray, StoredData
from acncodec.memory import memory_errors

__all__ = [
    "MAX_BYTES",
    "DataSet",
    "DataSource",
    "ImageSpec",
    "SideArray",
    "StoredData",
    "check_together",
    "load_dataset",
    "load_folder",
    "load_idx",
    "load_npz",
    "open_dataset",
    "raw_view",
    "read_npy",
    "recognise",
    "save_in_parts",
    "save_npz",
    "write_npy",
]


def load_dataset(
    path: Path,
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
) -> DataSet:
    """Load a data set, whatever its format; told by its content, not by its name.

    An .npy, an IDX file and a folder name their images `x`; a folder adds the side array `names`.

    Args:
        path: an .npz, an .npy, an IDX file (gzipped or not) or a folder of images.
        images: the name of the image array.
        layout: `nhw`, `nhwc` or `nchw`, where the shape does not tell.
        aligned: names of side arrays that follow the images though by default they would not.
        not_aligned: names of side arrays that do not, though their axis 0 has length N.

    Raises:
        DataError: it is missing, unreadable, empty, of no known format, or holds no images that
            we can take. The message gives the cause; the caller adds the path.
        TooLargeError: it does not fit this machine's memory.
    """
    with memory_errors():
        arrays, warnings = _load(Path(path))
        found = recognise(
            arrays, images=images, layout=layout, aligned=aligned, not_aligned=not_aligned
        )
    return replace(found, warnings=(*warnings, *found.warnings))


def open_dataset(
    path: Path,
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
) -> DataSource:
    """As `load_dataset`, but the images of an .npy, of an IDX file that is not gzipped and of a
    folder stay on disk, and are read when they are asked for. Others are loaded.

    Raises:
        DataError: as `load_dataset` does.
    """
    path = Path(path)
    with memory_errors(), _file_errors():
        stored: StoredArray | None
        more: dict[str, NDArray[Any]] = {}
        warnings: tuple[str, ...] = ()
        if path.is_dir():
            stored = folder = open_folder(path)
            more, warnings = {"names": np.array(folder.names)}, folder.warnings
        else:
            stored = _open_file(path)
        if stored is not None:
            # Dtype and shape are enough to find the images, and this takes no memory.
            stand_in = np.broadcast_to(np.zeros((), stored.dtype), stored.shape)
            found = find_images(
                {"x": stand_in, **more}, images=images, layout=layout, aligned=aligned,
                not_aligned=not_aligned,
            )  # fmt: skip
            if found.name == "x":
                return StoredData(stored, found, warnings)
    return load_dataset(
        path, images=images, layout=layout, aligned=aligned, not_aligned=not_aligned
    )


def _open_file(path: Path) -> FileArray | None:
    """The image array of a file whose rows lie one after the other, or None."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        start = file.read(8)
        file.seek(0)
        if start.startswith(NPY_MAGIC):
            dtype, fortran, shape, offset = read_npy_header(file, size)
            looks = dtype in (np.uint8, np.bool_) and len(shape) > 1 and not fortran
            return FileArray(path, offset, dtype, shape) if looks else None
        if is_idx(start):
            shape, offset = read_idx_header(file, size)
            return FileArray(path, offset, np.dtype(np.uint8), shape)
    return None


@contextmanager
def _file_errors() -> Iterator[None]:
    """Turn what opening a path may raise into a `DataError`."""
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise DataError(f"cannot be read: {error}") from error


def _load(path: Path) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """All arrays by name, and warnings."""
    with _file_errors():
        if path.is_dir():
            return load_folder(path)
        if path.exists() and not path.is_file():
            raise DataError("is neither a file nor a folder")
        with path.open("rb") as file:
            return _load_file(file), ()


def _load_file(file: BinaryIO) -> dict[str, NDArray[Any]]:
    size = os.fstat(file.fileno()).st_size
    start = file.read(8)
    file.seek(0)
    if not start:
        raise DataError("the file is empty (offset 0)")
    if start.startswith(ZIP_MAGICS):
        return load_npz(file)
    if start.startswith(NPY_MAGIC):
        return {"x": read_npy(file, size)}
    if start.startswith(GZIP_MAGIC) or is_idx(start):
        return {"x": load_idx(file, size)}
    raise DataError("unknown content: neither .npz, .npy nor IDX (offset 0)")
