"""Which numbers entries of any type stand for: the simplest way that gives all of them back."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.entries import MAX_DIVISOR, MAX_VALUES, Entries, entry_dtype, pieces

MAX_TABLE: Final = 256
"""A table of entries is made for so many different ones at most."""
DIVISORS: Final = (255, MAX_DIVISOR)
"""What floats are tried as multiples of the inverse of, in this order, after whole numbers."""


def find_entries(array: NDArray[Any], what: str) -> Entries:
    """What the entries of an array stand for: the first of these that gives all of them back.

    - of whole numbers from 0 to 65,535, themselves; of others, their distance from the lowest;
    - of floats, k / 255 or k / 65,535;
    - of at most 256 different entries, their rank.

    Args:
        array: of a type that `entry_dtype` names.
        what: what to call it in messages.

    Raises:
        DataError: none of these.
    """
    dtype = entry_dtype(array.dtype)
    if Entries(dtype).is_float:
        return _find_floats(array, dtype, what)
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    if high - min(0, low) < MAX_VALUES:
        return Entries(dtype, base=min(0, low))
    if high - low < MAX_VALUES:
        # There are two levels at least, and both are of the type.
        highest = int(np.iinfo(Entries(dtype).native).max)
        return Entries(dtype, base=min(low, highest - 1))
    table = _find_table(array, dtype)
    if table is None:
        raise DataError(
            f"{what} is {array.dtype} of values from {low} to {high}; images have at most"
            f" {MAX_VALUES:,} values in a row, or {MAX_TABLE} different ones, and none is cut off"
        )
    return table


def _find_floats(array: NDArray[Any], dtype: str, what: str) -> Entries:
    if not all(np.isfinite(part).all() for part, _ in pieces(array, array)):
        raise DataError(
            f"{what} is {array.dtype} with entries that are no finite numbers (NaN or infinite);"
            " replace them, and keep where they were as an array of its own"
        )
    low = float(array.min()) if array.size else 0.0
    bases = [0] if low >= 0 else [round(low)] if abs(low) < MAX_VALUES else []
    tried = [Entries(dtype, 1, base) for base in bases]
    tried += [Entries(dtype, divisor) for divisor in DIVISORS if low >= 0]
    for one in tried:
        if one.holds(array):
            return one
    table = _find_table(array, dtype)
    if table is None:
        raise DataError(
            f"{what} is {array.dtype} of more than {MAX_TABLE} different values, and they are"
            " neither whole numbers nor k/255 or k/65535 exactly: nothing is rounded here. Where"
            " they came from bytes, give the bytes (np.rint(255 * x).astype(np.uint8) makes"
            " bytes of 0 to 1, from which other floats come back)"
        )
    return table


def _find_table(array: NDArray[Any], dtype: str) -> Entries | None:
    """Entries by their rank, or None for more than `MAX_TABLE` different ones."""
    plain = Entries(dtype)
    bits = plain.bits
    found = np.zeros(0, bits)
    for part, _ in pieces(array, array):
        native = np.ascontiguousarray(part, dtype=plain.native).view(bits)
        found = np.union1d(found, native)
        if len(found) > MAX_TABLE:
            return None
    values = found.view(plain.native)
    order = np.lexsort((found, values))
    table = tuple(found[order].tolist())
    if len(table) == 1:  # a table has two entries
        other = 0 if table[0] else int(np.ones(1, plain.native).view(bits)[0])
        pair = sorted((*table, other), key=lambda one: np.array([one], bits).view(plain.native)[0])
        table = tuple(pair)
    return Entries(dtype, table=table)
