"""What this machine's memory allows, and how its lack is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from acncodec.errors import TooLargeError

BLAS_BUFFER_BYTES = 34 << 20
"""OpenBLAS takes a work buffer of 32 MiB for each thread that multiplies."""
SPARE_BYTES = 64 << 20
"""Beside the buffers: the compiled loops, and what is small."""


def machine_bytes() -> int:
    """The physical memory of this machine, bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def check_fits(nbytes: int, what: str) -> None:
    """Raise `TooLargeError` for what would not fit even if nothing else were there.

    The system may grant such a request and kill whoever uses it.
    """
    if nbytes > machine_bytes():
        raise TooLargeError(
            f"{what} take {nbytes} bytes, more than the {machine_bytes()} of this machine's memory"
        )


def check_headroom(threads: int) -> None:
    """Raise `TooLargeError` unless every thread can have its work buffer.

    An OpenBLAS that cannot get one asks again for ever: so it is asked for here first.
    """
    # One thread more: the one that waits for the others multiplies too.
    wanted = (threads + 1) * BLAS_BUFFER_BYTES + SPARE_BYTES
    with memory_errors():
        np.empty(wanted, np.uint8)


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn a `MemoryError` into a `TooLargeError`."""
    try:
        yield
    except MemoryError as error:
        raise TooLargeError(
            "not enough memory (a smaller batch and fewer threads take less)"
        ) from error
