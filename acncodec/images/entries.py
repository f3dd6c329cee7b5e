"""Entries of other types than bytes: the small whole numbers that they stand for, exactly.

Floats that are k/255, integers of eight bytes, two values of any type: each entry of such an
array is one of a few, and is given back bit for bit from its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError

MAX_VALUES: Final = 1 << 16
"""Numbers are below this."""
MAX_DIVISOR: Final = (1 << 16) - 1

_FLOATS: Final = ("float16", "float32", "float64")
_INTEGERS: Final = ("int16", "int32", "int64", "uint32", "uint64")
ENTRY_DTYPES: Final = (
    "int8",
    *_INTEGERS, *_FLOATS,
    *(np.dtype(name).newbyteorder(">").str for name in (*_INTEGERS, *_FLOATS)),
)  # fmt: skip
"""As NumPy spells them; a name without a sign is little-endian."""

_PIECE = 1 << 20
"""So many entries are looked at at once."""
_KEYS = {"d", "q", "b", "v"}


@dataclass(frozen=True)
class Entries:
    """What entry stands for each number.

    Attributes:
        dtype: of the entries, one of `ENTRY_DTYPES`.
        divisor: entry k is k / divisor, rounded to the nearest float, ties to even; integers
            have 1.
        base: what is added to a number before it is divided.
        table: the entries themselves where it is not empty, then `divisor` and `base` are 1 and 0:
            the bits of each as an unsigned integer, ascending in value.

    Raises:
        DataError: a field is out of its range.
    """

    dtype: str
    divisor: int = 1
    base: int = 0
    table: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.dtype not in ENTRY_DTYPES:
            raise DataError(f"unknown type of entries: {self.dtype!r}")
        numbers = (self.divisor, self.base, *self.table)
        if type(self.table) is not tuple or any(type(number) is not int for number in numbers):
            raise DataError("divisor, base and table of entries must be integers")
        if not 1 <= self.divisor <= (MAX_DIVISOR if self.is_float else 1):
            raise DataError(f"{self.dtype} entries cannot be divided by {self.divisor}")
        if self.table:
            self._check_table()
        elif self.is_float and abs(self.base) > MAX_VALUES:
            raise DataError(f"the base of {self.dtype} entries is {self.base}")

    def _check_table(self) -> None:
        if (self.divisor, self.base) != (1, 0):
            raise DataError("a table of entries has neither divisor nor base")
        if not 2 <= len(self.table) <= MAX_VALUES:
            raise DataError(f"a table has 2 to {MAX_VALUES} entries, not {len(self.table)}")
        if not all(0 <= bits < 1 << 8 * self.storage.itemsize for bits in self.table):
            raise DataError(f"an entry of the table is none of {self.dtype}")
        entries = np.array(self.table, self.bits).view(self.native)
        if self.is_float and not np.isfinite(entries).all():
            raise DataError("an entry of the table is no finite number")
        if len(set(self.table)) < len(self.table) or any(a > b for a, b in pairwise(entries)):
            raise DataError("the entries of the table must ascend")

    @property
    def storage(self) -> np.dtype[Any]:
        """The dtype that `dtype` names, in its byte order."""
        plain = np.dtype(self.dtype)
        return plain if self.dtype.startswith(">") else plain.newbyteorder("<")

    @property
    def is_float(self) -> bool:
        """Whether entries are floats."""
        return self.storage.kind == "f"

    @property
    def native(self) -> np.dtype[Any]:
        """`storage` in the byte order of this machine."""
        return self.storage.newbyteorder("=")

    @property
    def bits(self) -> np.dtype[Any]:
        """The unsigned integers of the same size, in native byte order."""
        return np.dtype(f"u{self.storage.itemsize}")

    def check(self, highest: int) -> None:
        """Raise `DataError` unless all numbers from 0 to `highest` stand for an entry."""
        if self.table:
            if highest >= len(self.table):
                raise DataError(f"number {highest} has none of the {len(self.table)} entries")
            return
        if not self.is_float:
            info = np.iinfo(self.native)
            if not (info.min <= self.base and self.base + highest <= info.max):
                raise DataError(f"{self.dtype} has not all of {self.base}..{self.base + highest}")
        elif not np.isfinite(self._entries(highest)).all():
            raise DataError(f"{highest} is no finite {self.dtype}")

    def restore(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """The entries, C-contiguous and of `storage`, of numbers of any shape."""
        highest = int(numbers.max()) if numbers.size else 0
        self.check(highest)
        return np.ascontiguousarray(self._entries(highest).astype(self.storage)[numbers])

    def _entries(self, highest: int) -> NDArray[Any]:
        """The entries of 0..highest, in native byte order."""
        if self.table:
            return np.array(self.table, self.bits).view(self.native)
        if not self.is_float:
            return np.array([self.base + k for k in range(highest + 1)], self.native)
        # The quotient of such small numbers is never so near to the middle between two floats
        # that rounding it twice, first to 53 bits, would differ from rounding it once.
        with np.errstate(over="ignore"):
            quotients = np.arange(self.base, self.base + highest + 1) / float(self.divisor)
            return quotients.astype(self.native)

    def numbers(self, array: NDArray[Any]) -> NDArray[Any]:
        """The numbers, uint8 or uint16 of the array's shape, of entries of `storage`.

        Raises `DataError` where an entry is none that a number stands for.
        """
        found = np.empty(array.shape, np.uint16)
        for part, target in pieces(array, found):
            target[...] = self._numbers(part)
        small = not found.size or int(found.max()) < 256
        return found.astype(np.uint8) if small else found

    def _numbers(self, array: NDArray[Any]) -> NDArray[np.uint16]:
        native = np.ascontiguousarray(array, dtype=self.native)
        if self.table:
            table = np.array(self.table, self.bits)
            order = np.argsort(table)
            places = np.searchsorted(table[order], native.view(self.bits))
            numbers = order[np.minimum(places, len(table) - 1)]
            right = table[numbers] == native.view(self.bits)
        elif self.is_float:
            with np.errstate(over="ignore"):
                guesses = np.rint(native.astype(np.float64) * self.divisor) - self.base
            inside = (guesses >= 0) & (guesses < MAX_VALUES)
            numbers = np.where(inside, guesses, 0).astype(np.int64)
            there = self._entries(int(numbers.max()) if numbers.size else 0)[numbers]
            right = inside & (there.view(self.bits) == native.view(self.bits))
        else:
            numbers = native.astype(np.int64 if native.dtype.kind == "i" else np.uint64)
            low, high = (int(numbers.min()), int(numbers.max())) if numbers.size else (0, 0)
            right = np.bool_(low >= self.base and high - self.base < MAX_VALUES)
            if right:
                numbers = numbers - numbers.dtype.type(self.base)
        if not np.all(right):
            raise DataError(f"an entry is none of those that stand for a number ({self.dtype})")
        return numbers.astype(np.uint16)

    def holds(self, array: NDArray[Any]) -> bool:
        """Whether each entry is one that a number stands for."""
        try:
            for part, _ in pieces(array, array):
                self._numbers(part)
        except DataError:
            return False
        return True

    def to_json(self) -> dict[str, object]:
        """Plain values, keys as in an archive's header; defaults are left out.

        `d` dtype, `q` divisor, `b` base, `v` table.
        """
        fields: dict[str, object] = {"d": self.dtype}
        if self.divisor != 1:
            fields["q"] = self.divisor
        if self.base:
            fields["b"] = self.base
        if self.table:
            fields["v"] = list(self.table)
        return fields

    @classmethod
    def from_json(cls, fields: Mapping[str, object]) -> Self:
        """Undo `to_json`. Raises `DataError` on an unknown or bad field."""
        if unknown := sorted(set(fields) - _KEYS):
            raise DataError(f"entries have the unknown field {unknown[0]!r}")
        table = fields.get("v", [])
        if not isinstance(table, list) or ("v" in fields and not table):
            raise DataError("the table of entries must be a list")
        checked: Any = (fields.get("d"), fields.get("q", 1), fields.get("b", 0), tuple(table))
        return cls(*checked)


def entry_dtype(dtype: np.dtype[Any]) -> str:
    """The name in `ENTRY_DTYPES` of a type, or an empty string."""
    return next((name for name in ENTRY_DTYPES if dtype == Entries(name).storage), "")


def pieces(
    array: NDArray[Any], beside: NDArray[Any]
) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Rows of two arrays of the same length, so many at a time that they are not much memory."""
    if not array.ndim:
        raise DataError("a scalar is no array of images")
    step = max(1, _PIECE // max(1, array[:1].size))
    for start in range(0, len(array), step):
        yield array[start : start + step], beside[start : start + step]
