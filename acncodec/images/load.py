"""Data sets of whatever format, told by their content: read whole, or left where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.array_list import list_of_images
from acncodec.images.dataset import DataSet
from acncodec.images.folder import check_uniform, read_all
from acncodec.images.formats.array_files import find_rows, leave_out, load_arrays
from acncodec.images.image_arrays import dtype_name, looks_like_images
from acncodec.images.mixed import MixedData
from acncodec.images.mixed_pictures import load_mixed, open_mixed
from acncodec.images.mixed_source import MixedSource
from acncodec.images.picture_side import chunk_lists
from acncodec.images.pictures import ALONE, Pictures
from acncodec.images.places import pictures_in
from acncodec.images.recognised import Found, find_images, recognise
from acncodec.images.source import DataSource
from acncodec.images.spec import LAYOUTS
from acncodec.images.stored import FileArray, StoredArray, StoredData
from acncodec.images.zarrs import load_zarr
from acncodec.run.memory import memory_errors


class ReadOptions(TypedDict, total=False):
    """What may be said of a data set; `load_dataset` tells what each is."""

    images: str | None
    layout: str | None
    aligned: Sequence[str]
    not_aligned: Sequence[str]
    skip: Sequence[str]
    join: bool
    lossy: bool


class Choice(NamedTuple):
    """The same, with what holds where nothing is said."""

    images: str | None = None
    layout: str | None = None
    aligned: Sequence[str] = ()
    not_aligned: Sequence[str] = ()
    skip: Sequence[str] = ()
    join: bool = False
    lossy: bool = False

    def among(self, arrays: Mapping[str, NDArray[Any]], layout: str | None) -> dict[str, Any]:
        """What `find_images` and `recognise` are told of these arrays.

        Bytes of chunks follow no image, though they may be as many.

        layout: what is known of it where the user says nothing.
        """
        chunks = (name for name in chunk_lists(arrays) if name not in self.aligned)
        return {
            "images": self.images, "layout": self.layout or layout, "aligned": self.aligned,
            "not_aligned": (*self.not_aligned, *chunks),
        }  # fmt: skip


def load_dataset(path: Path, **options: Unpack[ReadOptions]) -> DataSet:
    """Load a data set, whatever its format; told by its content, not by its name.

    Images without a name of their own are `x`; a folder adds `names` and what else `picture_side`
    says, CIFAR's files their labels.

    Args:
        path: an .npz, an .npy, an IDX file (gzipped or not), a binary file of CIFAR-10 or
            CIFAR-100, a table of text, a .mat, Parquet or Zarr, or a folder, a zip or a tar of
            pictures, all of one size and mode.
        images: the name of the image array.
        layout: `nhw`, `nhwc` or `nchw`, or the size of an image that is a row (`28x28`), where the
            shape does not tell.
        aligned: names of side arrays that follow the images though by default they would not.
        not_aligned: names of side arrays that do not, though their axis 0 has length N.
        skip: names of arrays that are left out, whatever they are; and of pictures, or folders of
            pictures, of a folder, a zip or a tar.
        join: whether the arrays of several splits (`x_train`, `x_test`) are one set.
        lossy: take the pixels of JPEG and lossy WebP files too.

    Raises:
        DataError: it is missing, unreadable, empty, of no known format, or holds no images that
            we can take. The message gives the cause; the caller adds the path.
        MissingExtraError: a picture needs a library that is not installed.
        TooLargeError: it does not fit this machine's memory.
    """
    choice = Choice(**options)
    with _entered(path, choice) as pictures:
        return _load_alike(path, pictures, choice)


def load_any(path: Path, **options: Unpack[ReadOptions]) -> DataSet | MixedData:
    """As `load_dataset`, but pictures may be of several sizes and modes, and images a list of
    arrays (`array_list`)."""
    choice = Choice(**options)
    with _entered(path, choice) as pictures:
        if pictures is not None and _are_mixed(pictures, choice):
            given = pictures.without(choice.skip)
            return load_mixed(given, choice.aligned, choice.not_aligned)
        return _load_any(path, pictures, choice)


def open_dataset(path: Path, **options: Unpack[ReadOptions]) -> DataSource:
    """As `load_dataset`, but the images of an .npy, of an IDX file that is not gzipped, of CIFAR's
    files and of a folder stay on disk, and are read when they are asked for. Others are loaded.

    Raises as `load_dataset` does.
    """
    choice = Choice(**options)
    with _entered(path, choice) as pictures:
        return _open_alike(path, pictures, choice)


def open_any(path: Path, **options: Unpack[ReadOptions]) -> DataSource | MixedSource:
    """As `open_dataset`, but images may be of several sizes and modes; those that are packed, and
    lists of arrays, are loaded."""
    choice = Choice(**options)
    with _entered(path, choice) as pictures:
        if pictures is not None and _are_mixed(pictures, choice):
            given = pictures.without(choice.skip)
            take = open_mixed if pictures.stays else load_mixed
            return take(given, choice.aligned, choice.not_aligned)
        return _stored(path, pictures, choice) or _load_any(path, pictures, choice)


def open_rows(
    stored: StoredArray, more: Mapping[str, NDArray[Any]], **options: Unpack[ReadOptions]
) -> DataSource | None:
    """As `open_dataset`, of an array that is stored wherever, and the arrays beside it; None where
    its images cannot be read in pieces. Raises as `open_dataset` does."""
    if not dtype_name(stored.dtype):
        return None
    with memory_errors():
        found = _find_rows(stored, more, None, Choice(**options))
        return None if found is None else StoredData(stored, found)


class Loaded(NamedTuple):
    """All arrays by name, what the user should hear, and the layout of those that are pictures."""

    arrays: dict[str, NDArray[Any]]
    warnings: tuple[str, ...]
    layout: str | None = None


def load_arrays_of(path: Path, **options: Unpack[ReadOptions]) -> Loaded:
    """All arrays of a source, of which none is chosen yet. Raises as `load_dataset` does."""
    choice = Choice(**options)
    with _entered(path, choice) as pictures:
        return _load(path, pictures, choice)


def _are_mixed(pictures: Pictures, choice: Choice) -> bool:
    """Whether pictures are of several sizes or modes, and no other arrays are asked for."""
    return not pictures.folder.is_uniform and choice.images in (None, pictures.name)


def _load(path: Path, pictures: Pictures | None, choice: Choice) -> Loaded:
    if pictures is not None:
        check_uniform(pictures.folder)
        arrays = pictures.but(read_all(pictures.folder), choice.skip)
        return Loaded(arrays, pictures.warnings, _layout(arrays, pictures, choice))
    path = Path(path)
    if path.is_dir():
        arrays, warnings = load_zarr(path, choice.skip)
        return Loaded(leave_out(arrays, choice.skip), warnings)
    with path.open("rb") as file:
        return Loaded(*load_arrays(file, choice.skip))


def _load_alike(path: Path, pictures: Pictures | None, choice: Choice) -> DataSet:
    return _recognised(_load(path, pictures, choice), choice)


def _load_any(path: Path, pictures: Pictures | None, choice: Choice) -> DataSet | MixedData:
    loaded = _load(path, pictures, choice)
    if pictures is None and (choice.layout is None or choice.layout in LAYOUTS):
        listed = list_of_images(loaded.arrays, **choice.among(loaded.arrays, loaded.layout))
        if listed is not None:
            return replace(listed, warnings=(*loaded.warnings, *listed.warnings))
    return _recognised(loaded, choice)


def _recognised(loaded: Loaded, choice: Choice) -> DataSet:
    chosen = choice.among(loaded.arrays, loaded.layout)
    found = recognise(loaded.arrays, **chosen, join=choice.join)
    return replace(found, warnings=(*loaded.warnings, *found.warnings))


def _open_alike(path: Path, pictures: Pictures | None, choice: Choice) -> DataSource:
    return _stored(path, pictures, choice) or _load_alike(path, pictures, choice)


def _stored(path: Path, pictures: Pictures | None, choice: Choice) -> StoredData | None:
    """The images where they lie, if they can be read in pieces."""
    path = Path(path)
    stored: StoredArray | None = None
    more: Mapping[str, NDArray[Any]] = {}
    warnings: tuple[str, ...] = ()
    if pictures is None and path.is_file():
        stored, more = _open_file(path)
    elif pictures is not None and pictures.stays:
        check_uniform(pictures.folder)
        stored, more, warnings = pictures.folder, pictures.after, pictures.warnings
    if stored is not None:
        found = _find_rows(stored, more, pictures, choice)
        if found is not None:
            return StoredData(stored, found, warnings)
    return None


def _find_rows(
    stored: StoredArray, more: Mapping[str, NDArray[Any]], pictures: Pictures | None, choice: Choice
) -> Found | None:
    """How the images of an array that stays where it is are found, if it is the one; its type and
    shape are enough for that, and take no memory."""
    stand_in = np.broadcast_to(np.zeros((), stored.dtype), stored.shape)
    if pictures is None:
        arrays = leave_out({ALONE: stand_in, **more}, choice.skip)
    else:
        arrays = pictures.but(stand_in, choice.skip)
    layout = None if pictures is None else _layout(arrays, pictures, choice)
    found = find_images(arrays, **choice.among(arrays, layout))
    return found if found.name == ALONE and found.row is None else None


def _layout(arrays: Mapping[str, NDArray[Any]], pictures: Pictures, choice: Choice) -> str | None:
    """The layout of pictures, whose channels come last, though the shape alone may not tell; None
    where another array may be the images."""
    own = pictures.name
    may_be = {name for name, array in arrays.items() if looks_like_images(array)}
    if choice.images not in (None, own) or may_be != {own}:
        return None
    return "nhwc" if arrays[own].ndim == 4 else None


def _open_file(path: Path) -> tuple[FileArray | None, dict[str, NDArray[Any]]]:
    """The image array of a file whose rows lie one after the other, or None; its other arrays."""
    with path.open("rb") as file:
        rows = find_rows(file)
    if rows is None or not dtype_name(rows.dtype):
        return None, {}
    return FileArray(path, rows.offset, rows.dtype, rows.shape, rows.lead), dict(rows.more)


@contextmanager
def _entered(path: Path, choice: Choice) -> Iterator[Pictures | None]:
    """The pictures at a path, or None where it has arrays; what opening it may raise, and lack of
    memory, are errors of ours."""
    try:
        with (
            memory_errors(),
            pictures_in(Path(path), choice.images, choice.skip, choice.lossy) as found,
        ):
            yield found
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise DataError(f"cannot be read: {error}") from error
