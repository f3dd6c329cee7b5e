"""The .npz format: a zip of .npy arrays, read without trust and written without surprises."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import IO, Any

from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, SideArray
from acncodec.images.formats.array_file import ArrayFormat, Arrays
from acncodec.images.formats.npy import read_npy, write_npy, write_npy_header
from acncodec.images.formats.picture import HEAD_BYTES
from acncodec.images.formats.pictures import find_format
from acncodec.images.mixed import MixedData
from acncodec.images.reading import MAX_BYTES, check_inflation, check_total
from acncodec.images.spec import ImageSpec, Levels, check_name

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip begins: with a member, or empty."""

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


def load_npz(file: IO[bytes], *, max_bytes: int = MAX_BYTES) -> dict[str, NDArray[Any]]:
    """Read all arrays of an .npz, in their order; nothing is ever unpickled.

    Args:
        file: seekable.
        max_bytes: the most that all arrays together may take.

    Raises:
        DataError: malformed, truncated or corrupt; a member that is no array, or an array of
            objects; a name twice; sizes that cannot be true, or above `max_bytes`.
    """
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
                arrays[name] = _read_member(archive, member, max_bytes)
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
    arrays = [(side.name, side.array) for side in dataset.side]
    place = dataset.spec.position
    arrays[place:place] = _image_arrays(dataset)
    names = [name for name, _ in arrays]
    if len(set(names)) < len(names):
        raise DataError("two arrays have the same name")
    save_arrays(file, arrays, compressed=compressed)


def _image_arrays(dataset: DataSet | MixedData) -> list[tuple[str, NDArray[Any]]]:
    """The images, each array with its name."""
    name = dataset.spec.name
    if isinstance(dataset, DataSet):
        return [(name, dataset.spec.to_array(dataset.pixels))]
    if not dataset.is_list:
        return [(name, dataset.array())]
    digits = len(str(dataset.count - 1))
    return [(f"{name}/{index:0{digits}}", one) for index, one in enumerate(dataset.arrays())]


def save_in_parts(
    file: IO[bytes],
    spec: ImageSpec,
    side: Sequence[SideArray],
    count: int,
    parts: Iterable[Levels],
) -> None:
    """As `save_npz`, but the images come in parts, which are written as they come.

    Args:
        file: writable and seekable.
        spec: what the image array is like.
        side: all other arrays.
        count: how many images there are in all.
        parts: level indexes (n, C, H, W); at least one part.

    Raises:
        DataError: an array cannot be stored, or the parts are not `count` images.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in side[: spec.position]:
            _write_member(archive, entry.name, entry.array)
        begun, written = False, 0
        with _member(archive, spec.name) as stream:
            for pixels in parts:
                array = spec.to_array(pixels)
                if not begun:
                    write_npy_header(stream, array.dtype, (count, *array.shape[1:]))
                begun = True
                stream.write(array.data)
                written += len(array)
        if written != count:
            raise DataError(f"there are {written} images, not {count}")
        for entry in side[spec.position :]:
            _write_member(archive, entry.name, entry.array)


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


def _load(file: IO[bytes], _size: int) -> Arrays:
    return load_npz(file)


def _matches(start: bytes, _size: int) -> bool:
    return start.startswith(MAGICS)


NPZ = ArrayFormat(".npz", _matches, _load)
