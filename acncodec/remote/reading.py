"""Files at addresses that are read: in pieces, or whole into a folder of this machine."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from acncodec.errors import DataError
from acncodec.images.plain_names import check_plain
from acncodec.remote.address import Address, Store, answer, store_errors, store_of

BLOCK_BYTES: Final = 1 << 20
"""So much is read at once where less is asked for."""


class _Raw(io.RawIOBase):
    """A file of a store, whose errors are `OSError`s."""

    def __init__(self, store: Store) -> None:
        self._store, self._at = store, 0
        with _os_errors():
            self._size = int(answer(store.fs.info, store.path)["size"])

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, none of which is asked of the store."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """The bytes from here on, as many as there is room for or as there are."""
        view = memoryview(buffer).cast("B")
        stop = min(self._at + len(view), self._size)
        if stop <= self._at:
            return 0
        with _os_errors():
            found = self._store.fs.cat_file(self._store.path, start=self._at, end=stop)
        if len(found) > stop - self._at:
            raise OSError("the store gives more than it was asked for")
        view[: len(found)] = found
        self._at += len(found)
        return len(found)


def open_address(address: Address) -> io.BufferedReader:
    """The file at an address, which can be read from anywhere; no more of it is fetched than is
    asked for, in blocks of a mebibyte.

    Raises `DataError` where it cannot be read, `MissingExtraError` as `store_of` does; its methods
    raise `OSError`.
    """
    store = store_of(address)
    with store_errors(DataError):
        return io.BufferedReader(_Raw(store), BLOCK_BYTES)


def fetch(address: Address, folder: Path) -> Path:
    """Copy what is at an address into a folder, in which nothing else is: a file, or a folder with
    all that is in it. Returns where it is, under its name there.

    Raises `DataError` where it cannot be read or kept, or has names that may not become files.
    """
    store = store_of(address)
    fs, path = store.fs, store.path.rstrip("/")
    name = address.name or "data"
    check_plain([name])
    target = folder / name
    with store_errors(DataError, "cannot be read or kept"):
        if answer(fs.isfile, path):
            fs.get_file(path, str(target))
            return target
        every = [(one[len(path) :].lstrip("/"), one) for one in sorted(fs.find(path))]
        # A name that ends in a slash stands for a folder, and has no content.
        found = {inner: one for inner, one in every if inner and not inner.endswith("/")}
        if not found:
            raise DataError("cannot be read: there is nothing there")
        for inner, one in found.items():
            check_plain([inner])
            own = target / inner
            own.parent.mkdir(parents=True, exist_ok=True)
            fs.get_file(one, str(own))
    return target


@contextmanager
def _os_errors() -> Iterator[None]:
    """Turn what the library of a store raises into an `OSError`, as files do."""
    try:
        with store_errors(DataError, "it failed"):
            yield
    except DataError as error:
        raise OSError(str(error)) from error
