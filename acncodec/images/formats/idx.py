"""IDX, the format of MNIST: images and labels of any of its types, gzipped or not.

The format: two zero bytes, a type code, the number of dimensions, each dimension as a big-endian
u32, then the values, the highest byte first (yann.lecun.com/exdb/mnist).
"""

from __future__ import annotations

import gzip
import math
import zlib
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names, Rows
from acncodec.images.reading import MAX_BYTES, check_inflation, check_total, read_exactly

GZIP_MAGIC = b"\x1f\x8b"

_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
IMAGES, _LABELS = (2, 3, 4), (1, 2)
"""How many dimensions each may have."""


def is_idx(start: bytes) -> bool:
    """Whether the first four bytes of a file are those of an IDX file."""
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in _TYPES and start[3] >= 1


def load_idx(file: IO[bytes], size: int, *, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    """Read the images of an IDX file of `size` bytes, gzipped or not.

    Returns:
        Of two to four axes and of any type, as they are there: (N, H * W), (N, H, W), (N, H, W, C)
        or (N, C, H, W), big-endian.

    Raises:
        DataError: not IDX, not images, truncated, corrupt, followed by more, or too large.
    """
    return _load(file, size, IMAGES, max_bytes)


def load_idx_labels(file: IO[bytes], size: int, *, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    """Read the labels of an IDX file of `size` bytes, gzipped or not.

    Returns:
        Of any type, (N,), or (N, K) as QMNIST has them.

    Raises:
        DataError: not IDX, not labels, truncated, corrupt, followed by more, or too large.
    """
    return _load(file, size, _LABELS, max_bytes)


def _load(file: IO[bytes], size: int, dimensions: tuple[int, ...], max_bytes: int) -> NDArray[Any]:
    start = file.read(2)
    file.seek(0)
    if start != GZIP_MAGIC:
        return _read(file, size, None, dimensions, max_bytes)
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as inflated:
            # The stub says nothing of it, but a GzipFile is an IO[bytes] for all we do here.
            return _read(inflated, None, size, dimensions, max_bytes)  # type: ignore[arg-type]
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"corrupt or truncated gzip: {error}") from error


def read_idx_header(
    file: IO[bytes],
    size: int | None,
    packed: int | None = None,
    dimensions: tuple[int, ...] = IMAGES,
) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """The type, the shape, and the bytes read; `size` is the file's length, or None where only
    `packed`, that of its gzip, is known. Raises `DataError` as `load_idx` does."""
    what = "images" if dimensions == IMAGES else "labels"
    header = file.read(4)
    if not is_idx(header):
        if packed is None:
            raise DataError("the file is not IDX (offset 0)")
        raise DataError(
            "the gzipped file is not IDX (offset 0); unpack it first, if it holds other data"
        )
    dtype = np.dtype(_TYPES[header[2]])
    if header[3] not in dimensions:
        hint = ""
        if header[3] in _LABELS:
            hint = " (labels? --labels FILE takes them in)"
        elif header[3] in IMAGES:
            hint = " (images?)"
        wanted = " or ".join(map(str, dimensions))
        raise DataError(f"IDX of {header[3]} dimensions{hint}; {what} have {wanted} (offset 3)")
    header_bytes = 4 + 4 * header[3]
    header += file.read(header_bytes - 4)
    if len(header) < header_bytes:
        raise DataError(f"truncated IDX header (offset {len(header)})")
    shape = tuple(int(axis) for axis in np.frombuffer(header, ">u4", offset=4))
    nbytes = math.prod(shape) * dtype.itemsize
    if size is not None and header_bytes + nbytes != size:
        raise DataError(
            f"IDX of {' x '.join(map(str, shape))} {dtype} takes {header_bytes + nbytes} bytes, but"
            f" the file has {size} (offset {min(size, header_bytes + nbytes)})"
        )
    if packed is not None:
        check_inflation(packed, nbytes, "the gzipped IDX")
    return dtype, shape, header_bytes


def _read(
    file: IO[bytes],
    size: int | None,
    packed: int | None,
    dimensions: tuple[int, ...],
    max_bytes: int,
) -> NDArray[Any]:
    """Read plain IDX; `size` and `packed` as in `read_idx_header`."""
    dtype, shape, header_bytes = read_idx_header(file, size, packed, dimensions)
    nbytes = math.prod(shape) * dtype.itemsize
    check_total(nbytes, max_bytes)
    entries = read_exactly(file, nbytes, "the IDX file")
    if file.read(1):  # for gzip this also reaches the end, where the CRC is compared
        what = "images" if dimensions == IMAGES else "labels"
        raise DataError(f"bytes after the {what} (offset {header_bytes + nbytes})")
    return entries.view(dtype).reshape(shape)


def _arrays(file: IO[bytes], size: int, _skip: Names) -> Arrays:
    return {"x": load_idx(file, size)}


def _find_rows(file: IO[bytes], size: int) -> Rows | None:
    start = file.read(2)
    file.seek(0)
    if start == GZIP_MAGIC:
        return None
    dtype, shape, offset = read_idx_header(file, size)
    return Rows(offset, dtype, shape)


def _matches(start: bytes, _size: int) -> bool:
    return start.startswith(GZIP_MAGIC) or is_idx(start)


IDX = ArrayFormat("IDX", _matches, _arrays, _find_rows)
