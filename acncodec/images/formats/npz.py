"""The .npz format: a zip of .npy arrays, read without trust and written without surprises."""

from __future__ import annotations

import lzma
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, SkippableError
from acncodec.images.array_names import check_name
from acncodec.images.dataset import DataSet, Placed, SideArray, given_back
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names
from acncodec.images.formats.npy import (
    ObjectsError,
    read_npy,
    write_npy,
    write_npy_header,
    write_npy_rows,
)
from acncodec.images.formats.picture import HEAD_BYTES
from acncodec.images.formats.pictures import find_format
from acncodec.images.members import count_in_zip
from acncodec.images.mixed import MixedData
from acncodec.images.reading import MAX_BYTES, check_inflation, check_total

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip begins: with a member, or empty."""

MAX_ARRAYS: Final = 1 << 19
"""A list of images is an array each; of more their names alone take long."""
SPOOL_BYTES = 1 << 26
"""Images of a split are kept in memory up to so many bytes, then in a temporary file."""
_SUFFIX = ".npy"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold

_BAD_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,  # a compression method or feature that zipfile lacks
    OSError,
    OverflowError,
    RuntimeError,  # an encrypted member
    UnicodeError,
    ValueError,
)


def load_npz(
    file: IO[bytes], skip: Names = (), *, max_bytes: int = MAX_BYTES
) -> dict[str, NDArray[Any]]:
    """Read all arrays of an .npz, in their order; nothing is ever unpickled.

    Args:
        file: seekable.
        skip: arrays that are not read; an empty one stands for each.
        max_bytes: the most that all arrays together may take.

    Raises:
        DataError: malformed, truncated or corrupt; a member that is no array, or an array of
            objects; a name twice; sizes that cannot be true, or above `max_bytes`; more than
            `MAX_ARRAYS` members.
    """
    if count_in_zip(file, MAX_ARRAYS) > MAX_ARRAYS:
        raise DataError(f"it has more than {MAX_ARRAYS:,} arrays; give them in parts")
    try:
        with zipfile.ZipFile(file) as archive:
            check_total(sum(member.file_size for member in archive.infolist()), max_bytes)
            arrays: dict[str, NDArray[Any]] = {}
            for member in archive.infolist():
                if not member.filename.endswith(_SUFFIX) and _is_picture(archive, member):
                    raise DataError(
                        f"is a zip, but no .npz: it holds the picture {member.filename!r}; unpack"
                        " it, and give the folder"
                    )
                name = member.filename.removesuffix(_SUFFIX)
                check_name(name)
                if name in arrays:
                    raise DataError(f"the array {name!r} is there twice")
                if name in skip:
                    arrays[name] = np.empty(0)
                    continue
                try:
                    arrays[name] = _read_member(archive, member, max_bytes)
                except ObjectsError as error:
                    raise SkippableError.of(str(error), name) from error
            return arrays
    except _BAD_ZIP as error:
        raise DataError(
            f"corrupt or unreadable .npz: {str(error) or type(error).__name__}"
        ) from error


def _is_picture(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with archive.open(member) as stream:
        return find_format(stream.read(HEAD_BYTES)) is not None


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> NDArray[Any]:
    what = f"{member.filename!r}"
    if member.compress_type == zipfile.ZIP_STORED and member.file_size != member.compress_size:
        raise DataError(
            f"{what}: stored in {member.compress_size} bytes, but claims {member.file_size}"
        )
    if member.compress_type == zipfile.ZIP_DEFLATED:
        check_inflation(member.compress_size, member.file_size, what)
    with archive.open(member) as stream:
        array = read_npy(stream, member.file_size, what, max_bytes=max_bytes)
        stream.read(1)  # reaches the end, where zipfile compares the CRC
    return array


def save_npz(file: IO[bytes], dataset: DataSet | MixedData, *, compressed: bool = True) -> None:
    """Write a data set as the .npz it came from: names, dtypes, shapes and order of all arrays.
    Images of several shapes are an array each, `NAME/0000`, `NAME/0001`, ...

    The same data set gives the same bytes: the zip's time stamps are fixed. Any name will do,
    `file` included, which breaks `numpy.savez`.

    Args:
        file: writable and seekable.
        dataset: what to write.
        compressed: deflate the arrays.

    Raises:
        DataError: an array cannot be stored.
    """
    if isinstance(dataset, DataSet):
        save_arrays(file, dataset.arrays().items(), compressed=compressed)
        return
    save_arrays(file, _mixed_arrays(dataset), compressed=compressed)


def _mixed_arrays(data: MixedData) -> list[tuple[str, NDArray[Any]]]:
    """All arrays, each with its name; images of several shapes are an array each."""
    if not data.is_list:
        return list(given_back(data.spec, data.side, data.array()).items())
    names = list_names(data.spec.name, data.side, data.count)
    images = zip(names, data.arrays(), strict=True)
    others = [(side.name, side.array) for side in data.side]
    return [*others[: data.spec.position], *images, *others[data.spec.position :]]


def list_names(name: str, side: Sequence[SideArray], count: int) -> list[str]:
    """What the arrays of a list of images are called. Raises `DataError` where another is so."""
    digits = len(str(count - 1))
    names = [f"{name}/{index:0{digits}}" for index in range(count)]
    if {one.name for one in side} & set(names):
        raise DataError("two arrays have the same name")
    return names


def save_list_in_parts(
    file: IO[bytes], spec: Placed, side: Sequence[SideArray], count: int,
    images: Iterable[NDArray[Any]],
) -> None:  # fmt: skip
    """As `save_npz` of images of several shapes, but each is written as it comes.

    Raises:
        DataError: an array cannot be stored, or there are not `count` images.
    """
    names = list_names(spec.name, side, count)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in side[: spec.position]:
            _write_member(archive, entry.name, entry.array)
        written = 0
        for written, image in enumerate(images, 1):
            if written > count:
                break
            _write_member(archive, names[written - 1], image)
        if written != count:
            raise DataError(f"there are not {count} images")
        for entry in side[spec.position :]:
            _write_member(archive, entry.name, entry.array)


def save_in_parts(
    file: IO[bytes],
    spec: Placed,
    side: Sequence[SideArray],
    count: int,
    parts: Iterable[NDArray[Any]],
) -> None:
    """As `save_npz`, but the images come in parts, which are written as they come.

    Args:
        file: writable and seekable.
        spec: how the image array stands among the others.
        side: all other arrays.
        count: how many images there are in all.
        parts: rows of the image array; at least one part. Those of splits, which a zip holds
            one after the other, are written to temporary files first.

    Raises:
        DataError: an array cannot be stored, or the parts are not `count` images.
    """
    if spec.form.splits is not None:
        _save_splits(file, spec, side, count, parts)
        return
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in side[: spec.position]:
            _write_member(archive, entry.name, entry.array)
        with _member(archive, spec.name) as stream:
            write_npy_rows(stream, count, parts)
        for entry in side[spec.position :]:
            _write_member(archive, entry.name, entry.array)


def _save_splits(
    file: IO[bytes], spec: Placed, side: Sequence[SideArray], count: int,
    parts: Iterable[NDArray[Any]],
) -> None:  # fmt: skip
    splits, written = spec.form.splits, 0
    if splits is None:
        raise DataError("there is a single array of images")
    label = side[splits.label].array
    with ExitStack() as stack:
        spools = [
            stack.enter_context(SpooledTemporaryFile(SPOOL_BYTES)) for _ in range(splits.count)
        ]
        for array in parts:
            dtype, row = array.dtype, array.shape[1:]
            mine = label[written : written + len(array)]
            for split in np.unique(mine).tolist():
                spools[split].write(np.ascontiguousarray(array[mine == split]).data)
            written += len(array)
        if written != count:
            raise DataError(f"there are {written} images, not {count}")
        archive = stack.enter_context(zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED))
        sides = [(one.name, one.array, one.aligned) for one in side]
        for name, entry in splits.taken_apart(sides):
            if not isinstance(entry, int):
                _write_member(archive, name, entry)
                continue
            with _member(archive, name) as stream:
                write_npy_header(stream, dtype, (int((label == entry).sum()), *row))
                spools[entry].seek(0)
                shutil.copyfileobj(spools[entry], stream)


def save_arrays(
    file: IO[bytes], arrays: Iterable[tuple[str, NDArray[Any]]], *, compressed: bool = True
) -> None:
    """Write named arrays as an .npz, in this order; the same arrays give the same bytes.

    Raises:
        DataError: an array cannot be stored.
    """
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, array in arrays:
            _write_member(archive, name, array)


def _write_member(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    with _member(archive, name) as stream:
        write_npy(stream, array)


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A stream that writes the array `name`."""
    member = zipfile.ZipInfo(name + _SUFFIX, _EPOCH)
    member.compress_type = archive.compression
    member.create_system = 3  # Unix, wherever this runs
    member.external_attr = 0o644 << 16
    return archive.open(member, "w", force_zip64=True)


def _load(file: IO[bytes], _size: int, skip: Names) -> Arrays:
    return load_npz(file, skip)


def _matches(start: bytes, _size: int) -> bool:
    return start.startswith(MAGICS)


NPZ = ArrayFormat(".npz", _matches, _load)
