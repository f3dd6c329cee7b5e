"""Data sets of whatever format, told by their content: read whole, or left where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet
from acncodec.images.folder import Folder, check_uniform, open_folder, read_all
from acncodec.images.formats.array_files import find_rows, load_arrays
from acncodec.images.mixed import MixedData
from acncodec.images.mixed_folder import load_mixed_folder
from acncodec.images.picture_side import CHUNKS
from acncodec.images.recognise import dtype_name, find_images, recognise
from acncodec.images.source import DataSource
from acncodec.images.stored import FileArray, StoredArray, StoredData
from acncodec.memory import memory_errors


class Choice(NamedTuple):
    """Which array is the images, and what follows it, as far as the user has said."""

    images: str | None
    layout: str | None
    aligned: Sequence[str]
    not_aligned: Sequence[str]


def load_dataset(
    path: Path,
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
    lossy: bool = False,
) -> DataSet:
    """Load a data set, whatever its format; told by its content, not by its name.

    Images without a name of their own are `x`; a folder adds `names` and what else `picture_side`
    says, CIFAR's files their labels.

    Args:
        path: an .npz, an .npy, an IDX file (gzipped or not), a binary file of CIFAR-10 or
            CIFAR-100, or a folder of pictures, all of one size and mode.
        images: the name of the image array.
        layout: `nhw`, `nhwc` or `nchw`, where the shape does not tell.
        aligned: names of side arrays that follow the images though by default they would not.
        not_aligned: names of side arrays that do not, though their axis 0 has length N.
        lossy: take the pixels of JPEG and lossy WebP files too.

    Raises:
        DataError: it is missing, unreadable, empty, of no known format, or holds no images that
            we can take. The message gives the cause; the caller adds the path.
        MissingExtraError: a picture needs a library that is not installed.
        TooLargeError: it does not fit this machine's memory.
    """
    choice = Choice(images, layout, aligned, not_aligned)
    with memory_errors(), _file_errors():
        return _load_alike(_enter(path, lossy), choice)


def load_any(
    path: Path,
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
    lossy: bool = False,
) -> DataSet | MixedData:
    """As `load_dataset`, but the pictures of a folder may be of several sizes and modes."""
    choice = Choice(images, layout, aligned, not_aligned)
    with memory_errors(), _file_errors():
        place = _enter(path, lossy)
        if isinstance(place, Folder) and not place.is_uniform:
            return load_mixed_folder(place, not_aligned)
        return _load_alike(place, choice)


def open_dataset(
    path: Path,
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
    lossy: bool = False,
) -> DataSource:
    """As `load_dataset`, but the images of an .npy, of an IDX file that is not gzipped, of CIFAR's
    files and of a folder stay on disk, and are read when they are asked for. Others are loaded.

    Raises as `load_dataset` does.
    """
    choice = Choice(images, layout, aligned, not_aligned)
    with memory_errors(), _file_errors():
        return _open_alike(_enter(path, lossy), choice)


def open_any(
    path: Path,
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
    lossy: bool = False,
) -> DataSource | MixedData:
    """As `open_dataset`, but the pictures of a folder may be of several sizes and modes; such are
    loaded."""
    choice = Choice(images, layout, aligned, not_aligned)
    with memory_errors(), _file_errors():
        place = _enter(path, lossy)
        if isinstance(place, Folder) and not place.is_uniform:
            return load_mixed_folder(place, not_aligned)
        return _open_alike(place, choice)


def _enter(path: Path, lossy: bool) -> Path | Folder:
    """A folder, listed; or a file's path."""
    path = Path(path)
    if path.is_dir():
        return open_folder(path, lossy)
    if path.exists() and not path.is_file():
        raise DataError("is neither a file nor a folder")
    return path


def _load_alike(place: Path | Folder, choice: Choice) -> DataSet:
    if isinstance(place, Folder):
        check_uniform(place)
        arrays, warnings = {"x": read_all(place), **place.side()}, place.warnings
    else:
        with place.open("rb") as file:
            arrays, warnings = load_arrays(file), ()
    chosen = _choice(choice, arrays, is_folder=isinstance(place, Folder))
    found = recognise(arrays, **chosen._asdict())
    return replace(found, warnings=(*warnings, *found.warnings))


def _open_alike(place: Path | Folder, choice: Choice) -> DataSource:
    stored: StoredArray | None
    more: Mapping[str, NDArray[Any]]
    if isinstance(place, Folder):
        check_uniform(place)
        stored, more, warnings = place, place.side(), place.warnings
    else:
        stored, more = _open_file(place)
        warnings = ()
    if stored is not None:
        # Dtype and shape are enough to find the images, and this takes no memory.
        stand_in = np.broadcast_to(np.zeros((), stored.dtype), stored.shape)
        arrays = {"x": stand_in, **more}
        chosen = _choice(choice, arrays, is_folder=isinstance(place, Folder))
        found = find_images(arrays, **chosen._asdict())
        if found.name == "x":
            return StoredData(stored, found, warnings)
    return _load_alike(place, choice)


def _choice(choice: Choice, arrays: Mapping[str, NDArray[Any]], is_folder: bool) -> Choice:
    """What is known of the pictures of a folder beyond what the user says: their channels come
    last, though the shape alone may not tell; and bytes of chunks follow no image, though they may
    be as many."""
    if not is_folder:
        return choice
    layout = choice.layout or ("nhwc" if arrays["x"].ndim == 4 else None)
    own = (CHUNKS,) if CHUNKS in arrays else ()
    return choice._replace(layout=layout, not_aligned=(*choice.not_aligned, *own))


def _open_file(path: Path) -> tuple[FileArray | None, dict[str, NDArray[Any]]]:
    """The image array of a file whose rows lie one after the other, or None; its other arrays."""
    with path.open("rb") as file:
        rows = find_rows(file)
    if rows is None or not dtype_name(rows.dtype):
        return None, {}
    return FileArray(path, rows.offset, rows.dtype, rows.shape, rows.lead), dict(rows.more)


@contextmanager
def _file_errors() -> Iterator[None]:
    """Turn what opening a path may raise into a `DataError`."""
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise DataError(f"cannot be read: {error}") from error
