"""What a reader of a file of arrays gives: all arrays, or where the rows of the images lie."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
Names = Collection[str]


@dataclass(frozen=True, eq=False)
class Rows:
    """Where the images of a file lie, one after the other in C order.

    Attributes:
        offset: of the first.
        dtype: of an entry, byte order as stored.
        shape: of the whole array.
        lead: bytes before each image that are none of it.
        more: all other arrays of the file.
    """

    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    lead: int = 0
    more: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def no_rows(_file: IO[bytes], _size: int) -> Rows | None:
    """For formats whose images cannot be read in pieces."""
    return None


@dataclass(frozen=True)
class ArrayFormat:
    """A format of files of arrays.

    Attributes:
        name: what it is called.
        matches: whether a file of so many bytes begins like one, told from its first bytes.
        load: all arrays by name, from a seekable file of so many bytes; images without a name of
            their own are `x`. Arrays of the names given last are not wanted, and need not be read:
            an empty array may stand for each. Raises `DataError` on what is malformed.
        find_rows: where the images lie, or None where they cannot be read in pieces. Raises
            `DataError` as `load` does.
        note: what the user should hear of every such file.
    """

    name: str
    matches: Callable[[bytes, int], bool]
    load: Callable[[IO[bytes], int, Names], Arrays]
    find_rows: Callable[[IO[bytes], int], Rows | None] = no_rows
    note: str = ""
