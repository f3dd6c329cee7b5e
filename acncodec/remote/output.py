"""Output to an address that is whole or not there: written here first, then sent, at once."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from acncodec.container.output import FULL
from acncodec.errors import OutputError
from acncodec.remote.address import Address, Store, store_errors, store_of

OBJECT_STORES: Final = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "hf"})
"""In these an object is there when all of it was sent, and not before."""
CANNOT: Final = "cannot be written"


def check_object(address: Address, force: bool) -> None:
    """Refuse before any work what `atomic_object` would refuse after it.

    Raises `OutputError` where something is there, without `force`, or the store cannot be asked.
    """
    _check(address, store_of(address), force)


@contextmanager
def atomic_object(address: Address, force: bool) -> Iterator[BinaryIO]:
    """A temporary file, which is sent to the address when the block ends well.

    If the block raises, or what is sent does not arrive, nothing is there. Where a store shows what
    has arrived of a file, it is sent under another name, and renamed. The file has a name.

    Raises `OutputError` where something is there, without `force`, or it cannot be written.
    """
    store = store_of(address)
    _check(address, store, force)
    try:
        with tempfile.NamedTemporaryFile(prefix="acncodec-") as file:
            yield cast("BinaryIO", file)
            file.flush()
            _check(address, store, force)
            _send(address, store, file.name, Path(file.name).stat().st_size, force)
    except OSError as error:
        if error.errno in FULL:
            raise OutputError(f"{address}: {CANNOT}: {error.strerror}") from error
        raise


def _check(address: Address, store: Store, force: bool) -> None:
    with store_errors(OutputError, f"{address}: {CANNOT}"):
        if not address.name:
            raise OutputError(f"{address}: names no file")
        if store.fs.isdir(store.path) and not store.fs.isfile(store.path):
            raise OutputError(f"{address}: is a folder")
        if not force and store.fs.exists(store.path):
            raise OutputError(f"{address}: exists; use -f to overwrite it")


def _send(address: Address, store: Store, name: str, nbytes: int, force: bool) -> None:
    fs, path = store.fs, store.path
    with store_errors(OutputError, f"{address}: {CANNOT}"):
        if address.protocol in OBJECT_STORES:
            # Someone may have written there since it was looked at.
            only_new = {} if force or address.protocol != "s3" else {"mode": "create"}
            fs.put_file(name, path, **only_new)
            _compare(fs, path, nbytes)
            return
        other = store_of(address.beside(f".{secrets.token_hex(8)}.tmp")).path
        try:
            fs.put_file(name, other)
            _compare(fs, other, nbytes)
            fs.mv(other, path)
        finally:
            with suppress(Exception):
                if fs.exists(other):
                    fs.rm_file(other)


def _compare(fs: Any, path: str, nbytes: int) -> None:
    """Raise `OutputError` unless so many bytes have arrived, and remove what has."""
    there = fs.info(path)["size"]
    if there != nbytes:
        fs.rm_file(path)
        raise OutputError(f"{CANNOT}: {there:,} of {nbytes:,} bytes have arrived")
