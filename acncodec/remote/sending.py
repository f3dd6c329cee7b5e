"""A file on its way to a store: at once, or to S3, where it is large, in parts.

What an S3 server has of parts it keeps, unseen, until the upload is completed or aborted; so one
that breaks is aborted, by Ctrl-C too. Libraries abort it only where a request fails, and then once.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from acncodec.errors import OutputError
from acncodec.remote.address import Address, Store

S3: Final = frozenset({"s3", "s3a"})
PART_BYTES: Final = 16 << 20
"""Of each part but the last; S3 takes none under 5 MiB."""
MOST_PARTS: Final = 10_000
"""So many S3 takes; it is its documented limit."""


def send(address: Address, store: Store, source: Path, only_new: bool) -> None:
    """Send a file to an address, where it is not there, or not the whole, when that fails.

    only_new: whether S3 is to refuse it where something is there by now.

    Raises what the library of the store does, and `OutputError` where parts may be left.
    """
    nbytes = source.stat().st_size
    if address.protocol not in S3:
        store.fs.put_file(str(source), store.path)
    elif nbytes < 2 * PART_BYTES:
        store.fs.put_file(str(source), store.path, mode="create" if only_new else "overwrite")
    else:
        with source.open("rb") as file:
            _in_parts(store, file, nbytes, "xb" if only_new else "wb")


def _in_parts(store: Store, source: BinaryIO, nbytes: int, mode: str) -> None:
    part = max(PART_BYTES, -(-nbytes // MOST_PARTS))
    there = store.fs.open(store.path, mode, block_size=part, autocommit=False)
    try:
        shutil.copyfileobj(source, there, part)
        there.close()
        there.commit()
    except BaseException as error:
        there.closed = True  # else it is closed, and sent on, when it is forgotten
        _abort(there.discard, error)
        raise


def _abort(abort: Callable[[], Any], cause: BaseException) -> None:
    """Abort an upload. Raises `OutputError`, which names the cause too, if that fails."""
    try:
        abort()
    except Exception as error:
        text = str(cause).strip() or type(cause).__name__
        raise OutputError(
            f"{text.splitlines()[0]}; nor can its server be told to forget the parts it has, which"
            " it keeps, and charges for, until that upload is aborted (docs/MACHINES.md)"
        ) from error
