"""Images of a file at an address that stay there, and are read when they are asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images import DataSource
from acncodec.images.formats.array_files import find_rows
from acncodec.images.image_arrays import dtype_name
from acncodec.images.load import ReadOptions, open_rows
from acncodec.images.stored import StoredArray, StoredRows, runs
from acncodec.remote.address import Address, answer, store_errors, store_of
from acncodec.remote.reading import open_address

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class AddressArray:
    """An array in C order within a file, from `offset` on; `lead` bytes stand before each row."""

    address: Address
    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    lead: int = 0

    def read(self, rows: Ints) -> NDArray[Any]:
        """`array[rows]`, neighbours in one request. Raises `DataError` when that cannot be read."""
        record_bytes = self.lead + math.prod(self.shape[1:]) * self.dtype.itemsize
        raw = np.empty((len(rows), record_bytes), np.uint8)
        with _data_errors(), open_address(self.address) as file:
            for first, stop in runs(rows):
                file.seek(self.offset + int(rows[first]) * record_bytes)
                view = raw[first:stop].reshape(-1).data
                if file.readinto(view) < len(view):
                    raise DataError("the input has become shorter")
        entries = np.ascontiguousarray(raw[:, self.lead :]).view(self.dtype)
        return entries.reshape(len(rows), *self.shape[1:])

    def only(self, rows: range | Ints) -> StoredArray:
        """Some of its rows."""
        return StoredRows(self, rows)


def open_remote(address: Address, **options: Unpack[ReadOptions]) -> DataSource | None:
    """As `open_dataset`, of a file at an address whose images can be read in pieces; None where
    they cannot, or it is no single file.

    Raises `DataError` where what is there cannot be read, and as `open_dataset` does.
    """
    store = store_of(address)
    with store_errors(DataError):
        if not answer(store.fs.isfile, store.path):
            return None
    with _data_errors(), open_address(address) as file:
        try:
            rows = find_rows(file)
        except DataError:  # who has all of it says what it is
            rows = None
    if rows is None or not dtype_name(rows.dtype):
        return None
    stored = AddressArray(address, rows.offset, rows.dtype, rows.shape, rows.lead)
    return open_rows(stored, rows.more, **options)


@contextmanager
def _data_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be read: {error}") from error
