"""Reads exact numbers of bytes, and knows how much a data set may hold."""

from __future__ import annotations

from typing import IO

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.run.memory import check_fits

MAX_BYTES = 64 << 30
"""The default cap on the bytes a data set may take in memory (64 GiB)."""

_MAX_INFLATION = 1032
"""Deflate turns one byte into at most 1032 (zlib's technical notes)."""

_CHUNK_BYTES = 1 << 20


def read_exactly(file: IO[bytes], nbytes: int, what: str) -> NDArray[np.uint8]:
    """Read `nbytes` bytes into a fresh, writable uint8 array (nbytes,).

    The caller checks `nbytes` against what is there first: this takes the memory at once.

    Raises:
        DataError: `file` ends early, or there is not that much memory.
    """
    try:
        buffer = np.empty(nbytes, dtype=np.uint8)
    except (MemoryError, ValueError) as error:
        raise DataError(f"{what}: not enough memory for {nbytes} bytes") from error
    position = 0
    while position < nbytes:
        chunk = file.read(min(_CHUNK_BYTES, nbytes - position))
        if not chunk:
            raise DataError(f"{what}: truncated, {position} bytes of {nbytes} (offset {position})")
        buffer[position : position + len(chunk)] = np.frombuffer(chunk, dtype=np.uint8)
        position += len(chunk)
    return buffer


def check_inflation(packed: int, inflated: int, what: str) -> None:
    """Refuse a declared size that `packed` bytes of deflate cannot reach.

    Raises:
        DataError: `inflated` is out of deflate's reach.
    """
    if inflated > (packed + 1) * _MAX_INFLATION:
        raise DataError(f"{what}: claims {inflated} bytes, which {packed} bytes cannot hold")


def check_total(nbytes: int, max_bytes: int) -> None:
    """Refuse data larger than the cap, or than this machine.

    Raises:
        DataError: `nbytes` is above `max_bytes`.
        TooLargeError: it is above the machine's memory.
    """
    if nbytes > max_bytes:
        raise DataError(f"holds {nbytes} bytes of arrays, more than the limit of {max_bytes}")
    check_fits(nbytes, "its arrays")
