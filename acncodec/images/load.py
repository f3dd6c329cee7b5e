"""Data sets of whatever format, told by their content: read whole, or left where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, naming
from acncodec.images.dataset import DataSet
from acncodec.images.folder import Folder, check_uniform, open_folder, read_all
from acncodec.images.formats.array_files import find_rows, leave_out, load_arrays
from acncodec.images.mixed import MixedData
from acncodec.images.mixed_folder import load_mixed_folder
from acncodec.images.packed import is_packed, load_packed
from acncodec.images.picture_side import CHUNKS
from acncodec.images.recognise import dtype_name, find_images, recognise
from acncodec.images.several import check_all_there, gather, titles_of
from acncodec.images.source import DataSource
from acncodec.images.stored import FileArray, StoredArray, StoredData
from acncodec.images.zarrs import is_zarr, load_zarr
from acncodec.memory import memory_errors


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
        skip: names of arrays that are left out, whatever they are.
        join: whether the arrays of several splits (`x_train`, `x_test`) are one set.
        lossy: take the pixels of JPEG and lossy WebP files too.

    Raises:
        DataError: it is missing, unreadable, empty, of no known format, or holds no images that
            we can take. The message gives the cause; the caller adds the path.
        MissingExtraError: a picture needs a library that is not installed.
        TooLargeError: it does not fit this machine's memory.
    """
    choice = Choice(**options)
    with memory_errors(), _file_errors():
        return _load_alike(_enter(path, choice.lossy), choice)


def load_any(path: Path, **options: Unpack[ReadOptions]) -> DataSet | MixedData:
    """As `load_dataset`, but the pictures of a folder may be of several sizes and modes."""
    choice = Choice(**options)
    with memory_errors(), _file_errors():
        place = _enter(path, choice.lossy)
        return _mixed(place, choice) or _load_alike(place, choice)


def open_dataset(path: Path, **options: Unpack[ReadOptions]) -> DataSource:
    """As `load_dataset`, but the images of an .npy, of an IDX file that is not gzipped, of CIFAR's
    files and of a folder stay on disk, and are read when they are asked for. Others are loaded.

    Raises as `load_dataset` does.
    """
    choice = Choice(**options)
    with memory_errors(), _file_errors():
        return _open_alike(_enter(path, choice.lossy), choice)


def open_any(path: Path, **options: Unpack[ReadOptions]) -> DataSource | MixedData:
    """As `open_dataset`, but the pictures of a folder may be of several sizes and modes; such are
    loaded."""
    choice = Choice(**options)
    with memory_errors(), _file_errors():
        place = _enter(path, choice.lossy)
        return _mixed(place, choice) or _open_alike(place, choice)


def load_several(paths: Sequence[Path], **options: Unpack[ReadOptions]) -> DataSet:
    """Load several files or folders as one set, each a split of it, which comes back as arrays of
    its own: `NAME/x`, or `NAME` where there is no other array, NAME being that of the file.

    Arguments and what it raises are those of `load_dataset`, `join` as if it was said; errors name
    the path.
    """
    choice = Choice(**options)
    found: list[tuple[str, dict[str, NDArray[Any]]]] = []
    warnings: list[str] = []
    layouts = set()
    titles = titles_of(paths)
    for path, title in zip(paths, titles, strict=True):
        with naming(path), memory_errors(), _file_errors():
            loaded = _load(_enter(path, choice.lossy), (), choice.lossy)
            layouts.add(_choice(choice, loaded.arrays, loaded.pictures).layout)
        found.append((title, loaded.arrays))
        warnings += [f"{path}: {note}" for note in loaded.warnings]
    gathered, said = gather(found)
    with memory_errors():
        chunks = [f"{title}/{CHUNKS}" for title in titles if f"{title}/{CHUNKS}" in gathered]
        data = recognise(
            leave_out(gathered, choice.skip), images=choice.images,
            layout=choice.layout or (layouts.pop() if len(layouts) == 1 else None),
            aligned=choice.aligned, not_aligned=(*choice.not_aligned, *chunks), join=said,
        )  # fmt: skip
    check_all_there(data, titles)
    return replace(data, warnings=(*warnings, *data.warnings))


def _mixed(place: Path | Folder, choice: Choice) -> MixedData | None:
    """The pictures of a folder, where they are of several sizes or modes."""
    if not isinstance(place, Folder) or place.is_uniform:
        return None
    data = load_mixed_folder(place, choice.not_aligned)
    left = leave_out({entry.name: entry.array for entry in data.side}, choice.skip)
    return replace(data, side=tuple(entry for entry in data.side if entry.name in left))


def _enter(path: Path, lossy: bool) -> Path | Folder:
    """A folder of pictures, listed; or a path of something else."""
    path = Path(path)
    if path.is_dir():
        return path if is_zarr(path) else open_folder(path, lossy)
    if path.exists() and not path.is_file():
        raise DataError("is neither a file nor a folder")
    return path


class Loaded(NamedTuple):
    """All arrays by name, what the user should hear, and whether they are pictures."""

    arrays: dict[str, NDArray[Any]]
    warnings: tuple[str, ...]
    pictures: bool


def _load(place: Path | Folder, skip: Sequence[str], lossy: bool) -> Loaded:
    if isinstance(place, Folder):
        check_uniform(place)
        arrays = leave_out({"x": read_all(place), **place.side()}, skip)
        return Loaded(arrays, place.warnings, True)
    if place.is_dir():
        arrays, warnings = load_zarr(place, skip)
        return Loaded(leave_out(arrays, skip), warnings, False)
    with place.open("rb") as file:
        packed = load_packed(file, skip, lossy=lossy)
        if packed is not None:
            return Loaded(leave_out(packed[0], skip), packed[1], True)
        return Loaded(*load_arrays(file, skip), False)


def _load_alike(place: Path | Folder, choice: Choice) -> DataSet:
    loaded = _load(place, choice.skip, choice.lossy)
    chosen = _choice(choice, loaded.arrays, loaded.pictures)
    found = recognise(
        loaded.arrays, images=chosen.images, layout=chosen.layout, aligned=chosen.aligned,
        not_aligned=chosen.not_aligned, join=chosen.join,
    )  # fmt: skip
    return replace(found, warnings=(*loaded.warnings, *found.warnings))


def _open_alike(place: Path | Folder, choice: Choice) -> DataSource:
    stored: StoredArray | None
    more: Mapping[str, NDArray[Any]]
    if isinstance(place, Folder):
        check_uniform(place)
        stored, more, warnings = place, place.side(), place.warnings
    else:
        stored, more = (None, {}) if place.is_dir() else _open_file(place)
        warnings = ()
    if stored is not None and not choice.skip:
        # Dtype and shape are enough to find the images, and this takes no memory.
        stand_in = np.broadcast_to(np.zeros((), stored.dtype), stored.shape)
        arrays = {"x": stand_in, **more}
        chosen = _choice(choice, arrays, isinstance(place, Folder))
        found = find_images(
            arrays, images=chosen.images, layout=chosen.layout, aligned=chosen.aligned,
            not_aligned=chosen.not_aligned,
        )  # fmt: skip
        if found.name == "x" and found.row is None:
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
        if is_packed(file):
            return None, {}
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
