"""Data sets of images: .npz, .npy, IDX or a folder; what is image and what is side data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, naming
from acncodec.images.dataset import DataSet, SideArray, check_together
from acncodec.images.folder import load_folder, open_folder
from acncodec.images.formats.array_files import find_rows, leave_out, load_arrays
from acncodec.images.formats.idx import load_idx
from acncodec.images.formats.npy import raw_view, read_npy, write_npy
from acncodec.images.formats.npz import load_npz, save_in_parts, save_npz
from acncodec.images.packed import is_packed, load_packed
from acncodec.images.reading import MAX_BYTES
from acncodec.images.recognise import dtype_name, find_images, recognise
from acncodec.images.several import check_all_there, gather, titles_of
from acncodec.images.source import DataSource
from acncodec.images.spec import ImageSpec
from acncodec.images.stored import FileArray, StoredArray, StoredData
from acncodec.images.zarrs import is_zarr, load_zarr
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
    "load_several",
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
    skip: Sequence[str] = (),
    join: bool = False,
) -> DataSet:
    """Load a data set, whatever its format; told by its content, not by its name.

    Images without a name of their own are `x`; a folder adds the side array `names`, CIFAR's files
    their labels.

    Args:
        path: an .npz, an .npy, an IDX file (gzipped or not), a binary file of CIFAR-10 or
            CIFAR-100, a table of text, a .mat, or a folder, a zip or a tar of pictures.
        images: the name of the image array.
        layout: `nhw`, `nhwc` or `nchw`, or the size of an image that is a row (`28x28`), where the
            shape does not tell.
        aligned: names of side arrays that follow the images though by default they would not.
        not_aligned: names of side arrays that do not, though their axis 0 has length N.
        skip: names of arrays that are left out, whatever they are.
        join: whether the arrays of several splits (`x_train`, `x_test`) are one set.

    Raises:
        DataError: it is missing, unreadable, empty, of no known format, or holds no images that
            we can take. The message gives the cause; the caller adds the path.
        MissingExtraError: a picture needs a library that is not installed.
        TooLargeError: it does not fit this machine's memory.
    """
    with memory_errors():
        arrays, warnings, pictures = _load(Path(path), skip)
        layout = layout or _known_layout(pictures, arrays)
        found = recognise(
            arrays, images=images, layout=layout, aligned=aligned, not_aligned=not_aligned,
            join=join,
        )  # fmt: skip
    return replace(found, warnings=(*warnings, *found.warnings))


def load_several(
    paths: Sequence[Path],
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
    skip: Sequence[str] = (),
) -> DataSet:
    """Load several files or folders as one set, each a split of it, which comes back as arrays of
    its own: `NAME/x`, or `NAME` where there is no other array, NAME being that of the file.

    Arguments and what it raises are those of `load_dataset`; errors name the path.
    """
    found: list[tuple[str, dict[str, NDArray[Any]]]] = []
    warnings: list[str] = []
    layouts = set()
    for path, title in zip(paths, titles_of(paths), strict=True):
        with memory_errors(), naming(path):
            arrays, notes, pictures = _load(path, ())
            layouts.add(_known_layout(pictures, arrays))
        found.append((title, arrays))
        warnings += [f"{path}: {note}" for note in notes]
    gathered, said = gather(found)
    with memory_errors():
        known = layouts.pop() if len(layouts) == 1 else None
        data = recognise(
            leave_out(gathered, skip), images=images, layout=layout or known, aligned=aligned,
            not_aligned=not_aligned, join=said,
        )  # fmt: skip
    check_all_there(data, [title for title, _ in found])
    return replace(data, warnings=(*warnings, *data.warnings))


def open_dataset(
    path: Path,
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
    skip: Sequence[str] = (),
    join: bool = False,
) -> DataSource:
    """As `load_dataset`, but the images of an .npy, of an IDX file that is not gzipped, of CIFAR's
    files and of a folder stay on disk, and are read when they are asked for. Others are loaded.

    Raises as `load_dataset` does.
    """
    path = Path(path)
    with memory_errors(), _file_errors():
        stored: StoredArray | None
        if path.is_dir() and not is_zarr(path):
            stored = folder = open_folder(path)
            more: dict[str, NDArray[Any]] = {"names": np.array(folder.names)}
            warnings = folder.warnings
        else:
            stored, more = _open_file(path)
            warnings = ()
        if stored is not None and not skip:
            # Dtype and shape are enough to find the images, and this takes no memory.
            stand_in = np.broadcast_to(np.zeros((), stored.dtype), stored.shape)
            arrays = {"x": stand_in, **more}
            layout = layout or _known_layout(path.is_dir(), arrays)
            found = find_images(
                arrays, images=images, layout=layout, aligned=aligned,
                not_aligned=not_aligned,
            )  # fmt: skip
            if found.name == "x" and found.row is None:
                return StoredData(stored, found, warnings)
    return load_dataset(
        path, images=images, layout=layout, aligned=aligned, not_aligned=not_aligned, skip=skip,
        join=join,
    )  # fmt: skip


def _open_file(path: Path) -> tuple[FileArray | None, dict[str, NDArray[Any]]]:
    """The image array of a file whose rows lie one after the other, or None; its other arrays."""
    if not path.is_file():
        return None, {}
    with path.open("rb") as file:
        if is_packed(file):
            return None, {}
        rows = find_rows(file)
    if rows is None or not dtype_name(rows.dtype):
        return None, {}
    return FileArray(path, rows.offset, rows.dtype, rows.shape, rows.lead), dict(rows.more)


def _known_layout(pictures: bool, arrays: Mapping[str, NDArray[Any]]) -> str | None:
    """The layout, where not the shape alone says it: pictures have their channels last."""
    return "nhwc" if pictures and arrays["x"].ndim == 4 else None


@contextmanager
def _file_errors() -> Iterator[None]:
    """Turn what opening a path may raise into a `DataError`."""
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise DataError(f"cannot be read: {error}") from error


def _load(path: Path, skip: Sequence[str]) -> tuple[dict[str, NDArray[Any]], tuple[str, ...], bool]:
    """All arrays by name, warnings, and whether they are pictures."""
    with _file_errors():
        if path.is_dir() and is_zarr(path):
            arrays, warnings = load_zarr(path, skip)
            return leave_out(arrays, skip), warnings, False
        if path.is_dir():
            arrays, warnings = load_folder(path)
            return leave_out(arrays, skip), warnings, True
        if path.exists() and not path.is_file():
            raise DataError("is neither a file nor a folder")
        with path.open("rb") as file:
            packed = load_packed(file, skip)
            if packed is not None:
                return leave_out(packed[0], skip), packed[1], True
            return *load_arrays(file, skip), False
