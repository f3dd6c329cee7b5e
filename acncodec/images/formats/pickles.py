"""Python pickles: told by their first bytes, and refused, for to read one is to run it."""

from __future__ import annotations

from typing import NoReturn

from acncodec.errors import DataError
from acncodec.images.formats.array_file import ArrayFormat

_PROTOCOLS = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))


def _refuse(*_file: object) -> NoReturn:
    raise DataError(
        "is a Python pickle, which can run any program and is never loaded; of CIFAR take the"
        " binary version (cifar-10-binary.tar.gz or cifar-100-binary.tar.gz, files that end in"
        " .bin), of ImageNet32 the .npz files or the tar of PNG, or save the arrays with"
        " numpy.savez"
    )


def _matches(start: bytes, _size: int) -> bool:
    return start.startswith(_PROTOCOLS)


PICKLE = ArrayFormat("pickle", _matches, _refuse, _refuse)
