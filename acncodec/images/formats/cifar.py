"""CIFAR-10 and CIFAR-100, binary version: records of labels and an image of 32x32, planes R, G, B.

A record of CIFAR-10 is one byte of label and 3,072 of image; one of CIFAR-100 has two labels,
coarse and fine (Krizhevsky 2009, www.cs.toronto.edu/~kriz/cifar.html). Nothing in a file says
what it is: it is told by its size and by labels that are all in range.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names, Rows
from acncodec.images.reading import MAX_BYTES, check_total, read_exactly

SHAPE = (3, 32, 32)
_IMAGE_BYTES = 3072
_PIECE = 1 << 12
"""Records are read so many at once where only their labels are wanted."""


@dataclass(frozen=True)
class Kind:
    """Names of the labels of a record, and how many classes each has."""

    name: str
    labels: tuple[tuple[str, int], ...]

    @property
    def record_bytes(self) -> int:
        """Bytes of labels and image."""
        return len(self.labels) + _IMAGE_BYTES


CIFAR_10: Final = Kind("CIFAR-10", (("labels", 10),))
CIFAR_100: Final = Kind("CIFAR-100", (("coarse_labels", 20), ("fine_labels", 100)))


def load_cifar(file: IO[bytes], size: int, kind: Kind, *, max_bytes: int = MAX_BYTES) -> Arrays:
    """Read all records: `x` uint8 (N, 3, 32, 32), and the labels uint8 (N,).

    Raises `DataError` when it is too large, or a label is out of range.
    """
    check_total(size, max_bytes)
    records = read_exactly(file, size, "the file").reshape(-1, kind.record_bytes)
    columns = np.ascontiguousarray(records[:, : len(kind.labels)])
    images = np.ascontiguousarray(records[:, len(kind.labels) :]).reshape(-1, *SHAPE)
    return {"x": images, **_named(columns, kind)}


def find_rows(file: IO[bytes], size: int, kind: Kind) -> Rows:
    """Where the images lie, and the labels, which are read. Raises `DataError` as `load_cifar`."""
    count, parts = size // kind.record_bytes, []
    for start in range(0, count, _PIECE):
        wanted = min(_PIECE, count - start) * kind.record_bytes
        records = read_exactly(file, wanted, "the file").reshape(-1, kind.record_bytes)
        parts.append(records[:, : len(kind.labels)].copy())
    labels = _named(np.concatenate(parts), kind)
    return Rows(0, np.dtype(np.uint8), (count, *SHAPE), len(kind.labels), labels)


def _named(columns: NDArray[np.uint8], kind: Kind) -> dict[str, NDArray[Any]]:
    for place, (name, classes) in enumerate(kind.labels):
        wrong = np.flatnonzero(columns[:, place] >= classes)
        if len(wrong):
            raise DataError(
                f"unknown content: of the size of {kind.name}'s binary files, but {name} of record"
                f" {wrong[0]} is {columns[wrong[0], place]}, not below {classes}"
            )
    return {
        name: np.ascontiguousarray(columns[:, place]) for place, (name, _) in enumerate(kind.labels)
    }


def _load(file: IO[bytes], size: int, _skip: Names, kind: Kind) -> Arrays:
    return load_cifar(file, size, kind)


def _matches(start: bytes, size: int, kind: Kind) -> bool:
    in_range = all(start[at : at + 1] < bytes([n]) for at, (_, n) in enumerate(kind.labels))
    return size > 0 and size % kind.record_bytes == 0 and in_range


FORMATS = tuple(
    ArrayFormat(
        kind.name, partial(_matches, kind=kind), partial(_load, kind=kind),
        partial(find_rows, kind=kind),
    )
    for kind in (CIFAR_10, CIFAR_100)
)  # fmt: skip
