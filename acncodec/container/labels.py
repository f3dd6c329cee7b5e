"""Labels: arrays of few different integers, one an image, on a stack of their own.

    u8 pixel weight | one entry an array | the stack, u32 words to the end of the payload

and an entry is

    u16 name length | name, UTF-8 | dtype, 3 bytes as in .npy | u8 flags: 1 shape (N, 1), else (N,)
    u8 number of values less one | the smallest value, in the dtype's size
    u8 w: 0, 1, 2, 4 or 8 | for each further value: the gap to the one before it less one, w bytes

All integers are little-endian, the smallest value in two's complement.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, FormatError
from acncodec.images import SideArray
from acncodec.images.array_names import check_name

MAX_VALUES: Final = 256
WORD_BYTES: Final = 4

_COLUMN = 1
_NAME = struct.Struct("<H")
_DTYPES = frozenset(
    np.dtype(f"{order}{kind}{size}").str for order in "<>" for kind in "iu" for size in (1, 2, 4, 8)
) | {np.dtype(np.bool_).str}
_GAP_BYTES = (0, 1, 2, 4, 8)


@dataclass(frozen=True)
class LabelTable:
    """What gives a label array back from classes 0..K-1.

    Attributes:
        name: the array's name.
        dtype: its dtype, as in .npy: `|u1`, `<i8` and the like.
        column: whether its shape is (N, 1), not (N,).
        values: the K values in it, strictly ascending; class k stands for `values[k]`.

    Raises:
        DataError: a field is out of its range.
    """

    name: str
    dtype: str
    column: bool
    values: tuple[int, ...]

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.dtype not in _DTYPES:
            raise DataError(f"labels are integers, not {self.dtype!r}")
        low, high = _limits(self.dtype)
        if not 1 <= len(self.values) <= MAX_VALUES:
            raise DataError(f"labels have 1 to {MAX_VALUES} values, not {len(self.values)}")
        ascending = all(a < b for a, b in pairwise(self.values))
        if not ascending or self.values[0] < low or self.values[-1] > high:
            raise DataError(f"the labels' values do not ascend within {low} to {high}")

    def classes(self, array: NDArray[Any]) -> NDArray[np.int64]:
        """The classes, int64 (N,), of an array that has these values alone."""
        values = np.array(self.values, self.dtype)
        return np.searchsorted(values, array.ravel()).astype(np.int64)

    def side_array(self, classes: NDArray[np.int64]) -> SideArray:
        """Undo `classes`."""
        array = np.array(self.values, self.dtype)[classes]
        return SideArray(self.name, array[:, None] if self.column else array, aligned=True)


def table_of(side: SideArray) -> LabelTable | None:
    """The table of a side array, or None if it is none of labels: aligned integers or bools, one
    an image, of at least one image and at most 256 values."""
    array = side.array
    if not side.aligned or array.dtype.str not in _DTYPES or not array.size:
        return None
    if array.shape not in ((len(array),), (len(array), 1)):
        return None
    if array.dtype.kind == "b" and (np.ascontiguousarray(array).view(np.uint8) > 1).any():
        return None  # a truth of another byte than 1 would not come back byte for byte
    values = np.unique(array)
    if len(values) > MAX_VALUES:
        return None
    ints = tuple(int(value) for value in values)
    return LabelTable(side.name, array.dtype.str, array.ndim == 2, ints)


def pack_tables(pixel_weight: int, tables: Sequence[LabelTable]) -> bytes:
    """The payload of a labels section up to the stack."""
    return bytes([pixel_weight]) + b"".join(_pack_table(table) for table in tables)


def unpack_tables(payload: bytes, count: int) -> tuple[int, tuple[LabelTable, ...], int]:
    """Undo `pack_tables`.

    Args:
        payload: of a labels section.
        count: the number of arrays, as the header states it.

    Returns:
        The pixel weight, the tables, and where the stack starts.

    Raises:
        FormatError: malformed or truncated, or what follows are no whole words.
    """
    cursor = _Cursor(payload)
    pixel_weight = cursor.integer(1)
    try:
        tables = tuple(_unpack_table(cursor) for _ in range(count))
    except (DataError, UnicodeDecodeError) as error:
        raise FormatError(f"labels: {error} (offset {cursor.offset})") from error
    if (len(payload) - cursor.offset) % WORD_BYTES:
        raise FormatError(f"labels: the stack has no whole words (offset {cursor.offset})")
    return pixel_weight, tables, cursor.offset


def _limits(dtype: str) -> tuple[int, int]:
    kind = np.dtype(dtype)
    if kind.kind == "b":
        return 0, 1
    info = np.iinfo(kind)
    return int(info.min), int(info.max)


def _pack_table(table: LabelTable) -> bytes:
    name = table.name.encode("utf-8")
    size = np.dtype(table.dtype).itemsize
    low, values = _limits(table.dtype)[0], table.values
    gaps = [after - before - 1 for before, after in pairwise(values)]
    width = next(w for w in _GAP_BYTES if max(gaps, default=0) < 1 << 8 * w)
    return b"".join(
        (
            _NAME.pack(len(name)), name, table.dtype.encode("ascii"),
            bytes([_COLUMN if table.column else 0, len(values) - 1]),
            values[0].to_bytes(size, "little", signed=low < 0),
            bytes([width]),
            *(gap.to_bytes(width, "little") for gap in gaps),
        )
    )  # fmt: skip


def _unpack_table(cursor: _Cursor) -> LabelTable:
    name = cursor.take(cursor.integer(_NAME.size)).decode("utf-8")
    dtype = cursor.take(3).decode("ascii")
    if dtype not in _DTYPES:
        raise FormatError(f"labels: {name!r} has the unknown dtype {dtype!r}")
    flags = cursor.integer(1)
    if flags not in (0, _COLUMN):
        raise FormatError(f"labels: unknown flags {flags} of {name!r}")
    count = cursor.integer(1) + 1
    signed = _limits(dtype)[0] < 0
    smallest = int.from_bytes(cursor.take(np.dtype(dtype).itemsize), "little", signed=signed)
    width = cursor.integer(1)
    if width not in _GAP_BYTES:
        raise FormatError(f"labels: the values of {name!r} stand {width} bytes apart")
    steps = (cursor.integer(width) + 1 for _ in range(count - 1))
    return LabelTable(name, dtype, bool(flags), tuple(accumulate(steps, initial=smallest)))


class _Cursor:
    """Reads on from `offset`, and never beyond the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self.offset = data, 0

    def take(self, length: int) -> bytes:
        if length > len(self._data) - self.offset:
            raise FormatError(f"labels: truncated (offset {len(self._data)})")
        self.offset += length
        return self._data[self.offset - length : self.offset]

    def integer(self, length: int) -> int:
        return int.from_bytes(self.take(length), "little")
