"""The elements of a .mat file of version 5 to 7: what MATLAB's "MAT-File Format" says of arrays of
numbers, logicals, text, and structures.

SciPy reads them too, but ends the process on some damaged files, which no caller can catch; here
every length is compared with what is there before it is believed.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.reading import check_inflation, check_total

HEADER_BYTES: Final = 128
MAX_DEPTH: Final = 8
MAX_AXES: Final = 8

_MATRIX, _COMPRESSED, _TEXT8, _TEXT16 = 14, 15, 16, 17
_TYPES: Final = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
"""Types of stored numbers."""
_CLASSES: Final = {
    6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8",
}  # fmt: skip
"""Types of arrays; their numbers may be stored in a smaller type."""
_CELL, _STRUCTURE, _CHARACTERS = 1, 2, 4
_OTHERS: Final = {_CELL: "a cell", 3: "an object", 5: "sparse", 16: "a function", 17: "an object"}
_COMPLEX, _LOGICAL = 0x800, 0x200

Named = Iterator[tuple[str, NDArray[Any] | str]]


def read_elements(data: memoryview, order: str, max_bytes: int) -> Named:
    """All arrays of a file, Fortran-ordered, or for what cannot be taken the words that say why.

    Args:
        data: the file after its header.
        order: `<` or `>`.
        max_bytes: the most that compressed elements may unpack to, in all.

    Raises:
        DataError: malformed or truncated.
    """
    at, total = 0, 0
    while at < len(data):
        kind, body, at = _element(data, at, order)
        if kind == _COMPRESSED:
            body, kind = _inflated(body, order, max_bytes - total)
            total += len(body)
        if kind == _MATRIX:
            yield from _matrix(body, order, "", 0)


def _element(data: memoryview, at: int, order: str) -> tuple[int, memoryview, int]:
    """The type of the element at an offset, its bytes, and where the next one begins."""
    if at + 8 > len(data):
        raise DataError(f"the .mat is truncated (offset {HEADER_BYTES + at})")
    kind = _u32(data, at, order)
    if kind >> 16:  # a small element: type, length and up to four bytes in eight
        length, kind, start, stop = kind >> 16, kind & 0xFFFF, at + 4, at + 8
        if length > 4:
            raise DataError(f"a small element of {length} bytes (offset {HEADER_BYTES + at})")
    else:
        length, start = _u32(data, at + 4, order), at + 8
        stop = start + length + (0 if kind == _COMPRESSED else -length % 8)
        if start + length > len(data):
            raise DataError(f"the .mat is truncated (offset {HEADER_BYTES + len(data)})")
    return kind, data[start : start + length], stop


def _u32(data: memoryview, at: int, order: str) -> int:
    return int.from_bytes(data[at : at + 4], "little" if order == "<" else "big")


def _inflated(packed: memoryview, order: str, max_bytes: int) -> tuple[memoryview, int]:
    """The bytes of the element in a compressed one, and its type."""
    unpacker = zlib.decompressobj()
    try:
        head = unpacker.decompress(packed, 8)
        if len(head) < 8:
            raise DataError("a compressed element is truncated")
        kind, length = _u32(memoryview(head), 0, order), _u32(memoryview(head), 4, order)
        check_inflation(len(packed), length, "a compressed element")
        check_total(length, max_bytes)
        body = unpacker.decompress(unpacker.unconsumed_tail, length) if length else b""
        rest = unpacker.decompress(unpacker.unconsumed_tail, 1)
    except zlib.error as error:
        raise DataError(f"a compressed element is corrupt: {error}") from error
    if len(body) != length or rest or not unpacker.eof:
        raise DataError("a compressed element has another length than it says")
    return memoryview(body), kind


def _matrix(body: memoryview, order: str, prefix: str, depth: int) -> Named:
    """The array in a matrix element, or those in its fields."""
    if not len(body):  # an empty array without a name
        if prefix:
            yield prefix, np.zeros((0, 0))
        return
    flags_kind, flags, at = _element(body, 0, order)
    dims_kind, dims, at = _element(body, at, order)
    name_kind, raw_name, at = _element(body, at, order)
    if (flags_kind, dims_kind) != (6, 5) or name_kind not in (1, 2, _TEXT8) or len(flags) != 8:
        raise DataError("an array of the .mat is malformed")
    shape = tuple(np.frombuffer(dims, f"{order}i4").tolist()) if len(dims) % 4 == 0 else ()
    if not 2 <= len(shape) <= MAX_AXES or min(shape) < 0:
        raise DataError(f"an array of the .mat has the shape {shape}")
    word = _u32(flags, 0, order)
    name = prefix or bytes(raw_name).decode("utf-8", "replace")
    kind = word & 0xFF
    if kind == _STRUCTURE and math.prod(shape) == 1:
        yield from _fields(body, at, order, name, depth)
    elif kind == _CHARACTERS:
        yield name, _characters(body, at, order, shape)
    elif kind in _CLASSES and not word & _COMPLEX:
        yield name, _numbers(body, at, order, shape, "?" if word & _LOGICAL else _CLASSES[kind])
    else:
        what = "of complex numbers" if kind in _CLASSES else _OTHERS.get(kind, "of an unknown kind")
        yield name, "an array of structures" if kind == _STRUCTURE else what


def _fields(body: memoryview, at: int, order: str, name: str, depth: int) -> Named:
    if depth == MAX_DEPTH:
        raise DataError(f"{name!r}: structures within structures, more than {MAX_DEPTH} deep")
    _, width, at = _element(body, at, order)
    _, names, at = _element(body, at, order)
    size = _u32(width, 0, order)
    if len(width) != 4 or not 1 <= size <= 64 or len(names) % size:
        raise DataError(f"{name!r}: the names of its fields are malformed")
    for start in range(0, len(names), size):
        field = bytes(names[start : start + size]).split(b"\0")[0].decode("utf-8", "replace")
        kind, inner, at = _element(body, at, order)
        if kind != _MATRIX:
            raise DataError(f"{name!r}: its field {field!r} is no array")
        yield from _matrix(inner, order, f"{name}/{field}", depth + 1)


def _numbers(
    body: memoryview, at: int, order: str, shape: tuple[int, ...], dtype: str
) -> NDArray[Any]:
    kind, raw, _ = _element(body, at, order)
    if kind not in _TYPES:
        raise DataError(f"an array of the .mat is stored as an unknown type, {kind}")
    stored = np.dtype(order + _TYPES[kind])
    if len(raw) != math.prod(shape) * stored.itemsize:
        raise DataError(f"an array of shape {shape} is stored in {len(raw)} bytes")
    numbers = np.frombuffer(raw, stored).reshape(shape, order="F")
    with np.errstate(all="ignore"):
        wanted = numbers.astype(dtype)
        same = np.array_equal(wanted.astype(stored), numbers, equal_nan=stored.kind == "f")
    if not same:
        raise DataError(f"an array of the .mat has numbers that its type {wanted.dtype} has not")
    return wanted


def _characters(body: memoryview, at: int, order: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Text, a string a row."""
    kind, raw, _ = _element(body, at, order)
    little = "le" if order == "<" else "be"
    codecs = {_TEXT8: "utf-8", 2: "latin-1", 1: "latin-1", 4: f"utf-16-{little}"}
    codecs[_TEXT16] = codecs[4]
    try:
        text = bytes(raw).decode(codecs[kind])
    except (KeyError, UnicodeDecodeError) as error:
        raise DataError("a text of the .mat is malformed") from error
    if len(shape) != 2 or len(text) != math.prod(shape):
        raise DataError(f"a text of shape {shape} has {len(text)} characters")
    rows = ["".join(text[row :: shape[0]]) for row in range(shape[0])]
    return np.array(rows, dtype=f"U{max(1, shape[1])}")
