"""The .npy format: one array and its header, never a pickle.

NumPy's own reader takes memory before it has looked at what is there, and ignores what follows
the array; this one does neither. The format is `numpy.lib.format`'s, versions 1.0 to 3.0.
"""

from __future__ import annotations

import ast
import io
import math
import re
from collections.abc import Iterable
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names, Rows
from acncodec.images.reading import MAX_BYTES, check_total, read_exactly

MAGIC = b"\x93NUMPY"
MAX_HEADER_BYTES = 10_000
"""NumPy's own limit: a larger header is not safe to parse."""

MAX_EMPTY = 1 << 24
"""Entries without bytes cost nothing to claim and time to go through."""

_PREFIX_BYTES = {(1, 0): 10, (2, 0): 12, (3, 0): 12}

_BAD_LITERAL = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
_BAD_DTYPE = (*_BAD_LITERAL, KeyError, IndexError, AttributeError, OverflowError)


class ObjectsError(DataError):
    """An array holds Python objects, which are pickles."""


def read_npy(
    file: IO[bytes],
    size: int,
    what: str = "the array",
    *,
    max_bytes: int = MAX_BYTES,
    max_header_bytes: int = MAX_HEADER_BYTES,
) -> NDArray[Any]:
    """Read one array that takes exactly `size` bytes, its header included.

    Args:
        file: stands at the start of the .npy data.
        size: the bytes that are there, or are said to be.
        what: what to call it in messages.
        max_bytes: the most the array may take.
        max_header_bytes: the most its header may take.

    Returns:
        A writable array; dtype, byte order and Fortran order as stored.

    Raises:
        DataError: malformed, truncated, followed by more, too large, or an array of objects.
    """
    dtype, fortran, shape, header_bytes = read_npy_header(file, size, what, max_header_bytes)
    nbytes = size - header_bytes
    check_total(nbytes, max_bytes)
    buffer = read_exactly(file, nbytes, what)
    if dtype.itemsize == 0 and math.prod(shape) > MAX_EMPTY:
        raise DataError(f"{what}: claims {math.prod(shape)} entries of no bytes")
    try:
        if dtype.itemsize == 0:
            return np.ndarray(shape, dtype=dtype)
        return buffer.view(dtype).reshape(shape, order="F" if fortran else "C")
    except (ValueError, TypeError, OverflowError, MemoryError) as error:
        raise DataError(f"{what}: NumPy cannot hold {dtype} of shape {shape}: {error}") from error


def raw_view(array: NDArray[Any]) -> NDArray[Any]:
    """The array, entries of a structure as opaque bytes: NumPy copies a structure field by
    field, and what lies between its fields comes from anywhere in memory."""
    if array.dtype.names is None or array.dtype.itemsize == 0:
        return array
    return array.view(f"V{array.dtype.itemsize}")


def write_npy(file: IO[bytes], array: NDArray[Any]) -> None:
    """Write one array; nothing is ever pickled.

    Raises:
        DataError: the array holds objects, or its dtype has no .npy form.
    """
    if array.dtype.hasobject:
        raise DataError("an array of objects cannot be stored; nothing is ever pickled")
    raw = raw_view(array)
    if raw is array:
        _write(file, array)
        return
    whole = io.BytesIO()
    _write(whole, array)
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    file.write(whole.getvalue()[: whole.tell() - array.nbytes])
    file.write(raw.tobytes("F" if fortran else "C"))


def write_npy_header(file: IO[bytes], dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Write what stands before the entries of an array in C order, of numbers or booleans."""
    descr = npy_format.dtype_to_descr(dtype)
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    npy_format.write_array_header_1_0(file, fields)


def write_npy_rows(file: IO[bytes], count: int, parts: Iterable[NDArray[Any]]) -> None:
    """Write one array of numbers or booleans whose rows come in parts, in C order; at least one.

    Raises `DataError` unless they are `count` rows.
    """
    begun, written = False, 0
    for array in parts:
        if not begun:
            write_npy_header(file, array.dtype, (count, *array.shape[1:]))
        begun = True
        file.write(array.data)
        written += len(array)
    if written != count:
        raise DataError(f"there are {written} images, not {count}")


def _write(file: IO[bytes], array: NDArray[Any]) -> None:
    # NumPy picks the version itself, but warns about it: so try them in turn. A header that
    # does not fit raises before anything is written.
    for version in _PREFIX_BYTES:
        try:
            npy_format.write_array(file, np.asanyarray(array), version, allow_pickle=False)
        except ValueError as error:
            failure = error
        else:
            return
    raise DataError(f"{array.dtype} cannot be stored as .npy: {failure}") from failure


def read_npy_header(
    file: IO[bytes],
    size: int,
    what: str = "the array",
    max_header_bytes: int = MAX_HEADER_BYTES,
) -> tuple[np.dtype[Any], bool, tuple[int, ...], int]:
    """The dtype, whether in Fortran order, the shape, and the bytes read, of an array that takes
    exactly `size` bytes. Raises `DataError` as `read_npy` does."""
    prefix = file.read(min(size, 8))
    if prefix[:6] != MAGIC:
        raise DataError(f"{what}: is not a .npy array (offset 0)")
    version = tuple(prefix[6:])
    if len(version) < 2:
        raise DataError(f"{what}: truncated (offset {len(prefix)})")
    if version not in _PREFIX_BYTES:
        raise DataError(f"{what}: unknown .npy version {version[0]}.{version[1]} (offset 6)")
    start = _PREFIX_BYTES[version]
    if size < start:
        raise DataError(f"{what}: truncated (offset {size})")
    length = int.from_bytes(read_exactly(file, start - 8, what).tobytes(), "little")
    if length > max_header_bytes:
        raise DataError(f"{what}: its header takes {length} bytes, over {max_header_bytes}")
    if size < start + length:
        raise DataError(f"{what}: truncated (offset {size})")
    raw = read_exactly(file, length, what).tobytes()
    try:
        fields = _parse(raw.decode("utf-8" if version == (3, 0) else "latin-1"))
    except _BAD_LITERAL as error:
        raise DataError(f"{what}: malformed .npy header (offset {start})") from error
    dtype, fortran, shape = _check_fields(fields, what, start)
    header_bytes, nbytes = start + length, math.prod(shape) * dtype.itemsize
    if header_bytes + nbytes != size:
        raise DataError(
            f"{what}: {dtype} of shape {shape} takes {nbytes} bytes, but {size - header_bytes}"
            f" are there (offset {header_bytes})"
        )
    return dtype, fortran, shape, header_bytes


def _parse(text: str) -> object:
    try:
        return ast.literal_eval(text.strip())
    except SyntaxError:
        # Python 2 wrote long integers as 60000L.
        return ast.literal_eval(re.sub(r"(?<=\d)L\b", "", text).strip())


def _check_fields(
    fields: object, what: str, start: int
) -> tuple[np.dtype[Any], bool, tuple[int, ...]]:
    if not isinstance(fields, dict) or set(fields) != {"descr", "fortran_order", "shape"}:
        raise DataError(f"{what}: malformed .npy header (offset {start})")
    fortran, shape = fields["fortran_order"], fields["shape"]
    if not isinstance(fortran, bool) or not isinstance(shape, tuple):
        raise DataError(f"{what}: malformed .npy header (offset {start})")
    if any(type(axis) is not int or axis < 0 for axis in shape):
        raise DataError(f"{what}: malformed shape {shape!r} (offset {start})")
    try:
        dtype = npy_format.descr_to_dtype(fields["descr"])
    except _BAD_DTYPE as error:
        raise DataError(f"{what}: unknown dtype {fields['descr']!r} (offset {start})") from error
    if dtype.hasobject:
        raise ObjectsError(f"{what}: holds objects, which are pickles; nothing is ever unpickled")
    if dtype.subdtype is not None:
        raise DataError(f"{what}: unknown dtype {fields['descr']!r} (offset {start})")
    return dtype, fortran, shape


def _load(file: IO[bytes], size: int, _skip: Names) -> Arrays:
    return {"x": read_npy(file, size)}


def _find_rows(file: IO[bytes], size: int) -> Rows | None:
    dtype, fortran, shape, offset = read_npy_header(file, size)
    return Rows(offset, dtype, shape) if len(shape) > 1 and not fortran else None


def _matches(start: bytes, _size: int) -> bool:
    return start.startswith(MAGIC)


NPY = ArrayFormat(".npy", _matches, _load, _find_rows)
