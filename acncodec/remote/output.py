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
from acncodec.remote.address import Address, Store, answer, store_errors, store_of
from acncodec.remote.sending import send

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
            _send(address, store, Path(file.name), force)
    except OSError as error:
        if error.errno in FULL:
            raise OutputError(f"{address}: {CANNOT}: {error.strerror}") from error
        raise


def _check(address: Address, store: Store, force: bool) -> None:
    with store_errors(OutputError, f"{address}: {CANNOT}"):
        if not address.name:
            raise OutputError(f"{address}: names no file")
        fs, path = store.fs, store.path
        if answer(fs.isdir, path) and not answer(fs.isfile, path):
            raise OutputError(f"{address}: is a folder")
        if not force and answer(fs.exists, path):
            raise OutputError(f"{address}: exists; use -f to overwrite it")


def _send(address: Address, store: Store, source: Path, force: bool) -> None:
    fs, path, nbytes = store.fs, store.path, source.stat().st_size
    with store_errors(OutputError, f"{address}: {CANNOT}"):
        if address.protocol in OBJECT_STORES:
            # Someone may have written there since it was looked at.
            send(address, store, source, only_new=not force)
            _compare(fs, path, nbytes)
            return
        beside = address.beside(f".{secrets.token_hex(8)}.tmp")
        other = store_of(beside)
        try:
            send(beside, other, source, only_new=False)
            _compare(fs, other.path, nbytes)
            fs.mv(other.path, path)
        finally:
            with suppress(Exception):
                if fs.exists(other.path):
                    fs.rm_file(other.path)


def _compare(fs: Any, path: str, nbytes: int) -> None:
    """Raise `OutputError` unless so many bytes have arrived, and remove what has."""
    there = fs.info(path)["size"]
    if there != nbytes:
        fs.rm_file(path)
        raise OutputError(f"{CANNOT}: {there:,} of {nbytes:,} bytes have arrived")
