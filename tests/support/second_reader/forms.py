"""Part of `second_reader`: what the entries and axes of the images become (3.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from second_reader.fields import field, need
from second_reader.splits import Splits, parse_splits

ENTRIES = {"int8": "i1", "int16": "<i2", "int32": "<i4", "int64": "<i8", "uint32": "<u4"}
ENTRIES |= {"uint64": "<u8", "float16": "<f2", "float32": "<f4", "float64": "<f8"}
ENTRIES |= {f">{kind}{size}": f">{kind}{size}" for kind in "if" for size in (2, 4, 8)}
ENTRIES |= {">u4": ">u4", ">u8": ">u8"}
"""The types that entries may have, with NumPy's names for them."""


@dataclass(frozen=True)
class Form:
    """What is made of the array of images; each of its three steps may be left out."""

    entries: np.ndarray | None
    """What stands for the integers 0, 1, ... of the array."""
    row: list[int] | None
    splits: Splits | None

    def step(self, array: np.ndarray) -> np.ndarray:
        """The array after the first two steps."""
        if self.entries is not None:
            array = self.entries[array]
        return array if self.row is None else array.reshape(len(array), *self.row)


def parse_form(given: dict[str, Any], dtype: str, top: int, samples: int) -> Form:
    """The header's `i`.

    Args:
        given: the object.
        dtype: `d` of the header.
        top: the greatest integer that a level map has.
        samples: entries of an image.
    """
    need(given, "form: it has no key")
    entries, row, splits = None, None, None
    if "d" in given:
        name = field(given, "d", str)
        need(name in ENTRIES and dtype in ("uint8", "uint16"), "form: type of entries")
        entries = parse_entries(given, np.dtype(ENTRIES[name]), top)
    if "s" in given:
        row = field(given, "s", list)
        need(all(type(n) is int and 1 <= n < 2**32 for n in row), "form: shape of a row")
        need(1 <= len(row) <= 8 and math.prod(row) == samples, "form: shape of a row")
    if "j" in given:
        splits = parse_splits(field(given, "j", list))
    need(not given, "form: an unknown key")
    return Form(entries, row, splits)


def parse_entries(given: dict[str, Any], dtype: np.dtype, top: int) -> np.ndarray:
    """The entries that stand for the integers 0 .. top."""
    if "v" in given:
        return from_table(field(given, "v", list), dtype, top)
    real = dtype.kind == "f"
    divisor, base = field(given, "q", int, 1), field(given, "b", int, 0)
    if not real:
        need(divisor == 1, "form: a divisor of integers")
        info = np.iinfo(dtype)
        need(info.min <= base and base + top <= info.max, "form: an entry that the type has not")
        return np.array(range(base, base + top + 1), dtype)
    need(1 <= divisor <= 65_535 and -65_536 <= base <= 65_536, "form: divisor or base")
    # A quotient of so small integers is never so near to the middle between two floats of 16 or
    # 32 bits that rounding it to 64 bits first would matter.
    quotients = np.array(range(base, base + top + 1), np.float64) / divisor
    with np.errstate(over="ignore"):
        entries = quotients.astype(dtype)
    need(np.all(np.isfinite(entries)), "form: an entry that is not finite")
    return entries


def from_table(bits: list[Any], dtype: np.dtype, top: int) -> np.ndarray:
    """Entries by their bits."""
    need(2 <= len(bits) <= 65_536, "form: length of the table")
    limit = 2 ** (8 * dtype.itemsize)
    need(all(type(n) is int and 0 <= n < limit for n in bits), "form: table")
    need(top < len(bits), "form: an entry that the table has not")
    values = np.array(bits, f"u{dtype.itemsize}").view(dtype.newbyteorder("="))
    need(dtype.kind != "f" or np.all(np.isfinite(values)), "form: an entry that is not finite")
    need(len(set(bits)) == len(bits), "form: an entry is there twice")
    ascend = all(a < b or a == b == 0 for a, b in pairwise(values.tolist()))
    need(ascend, "form: the table does not ascend")
    return values.astype(dtype)
