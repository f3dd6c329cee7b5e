"""The order of a mixed set's images by their bytes, found without holding them all.

Images are sorted by their class and then by some of their bytes; where these do not tell images
apart, they are read again and sorted by the next ones. So memory holds no more than the bytes that
are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.images.image_class import ImageClass
from acncodec.images.levels import sample_bytes
from acncodec.images.mixed_images import MixedImages, rows_by_class

Ints = NDArray[np.int64]

KEY_BYTES: Final = 1 << 26
"""Bytes of images that are compared at once."""
LEAST: Final = 16
"""Bytes of an image that are compared at once, at least."""
PIECE_SAMPLES: Final = 1 << 22
"""About so many samples are read at once."""


class Taken(Protocol):
    """Images of several classes, read when they are asked for."""

    @property
    def classes(self) -> tuple[ImageClass, ...]:
        """What images there are, ascending."""
        ...

    @property
    def members(self) -> Ints:
        """The class of each, (N,)."""
        ...

    def take(self, rows: Ints, /) -> MixedImages:
        """Some of them."""
        ...


def canonical_rows(
    data: Taken, aligned: Sequence[NDArray[Any]], key_bytes: int = KEY_BYTES
) -> Ints:
    """Which image stands where in canonical order (docs/FORMAT.md, 3.1), equal ones by the bytes of
    their rows of `aligned`, as `raw_view` gives them; int64 (N,).

    key_bytes: how many bytes of images are compared at once. Raises `DataError` where images
    cannot be read.
    """
    # Classes ascend as the numbers that stand before an image's samples do.
    parts = [
        part
        for number, rows in rows_by_class(data.members).items()
        for part in _sorted(data, number, rows, key_bytes)
    ]
    for part in parts:
        # Of equal images, which are given in their order.
        if len(part) > 1:
            part[:] = sorted(part.tolist(), key=lambda row: [one[row].tobytes() for one in aligned])
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _sorted(data: Taken, number: int, rows: Ints, key_bytes: int) -> Iterator[Ints]:
    """Images of a class in order, equal ones together, in the order in which they were given."""
    size = data.classes[number].image_bytes
    waiting = [(rows, 0)]  # the last comes first; the first bytes of each are alike
    while waiting:
        some, start = waiting.pop()
        if len(some) == 1 or start == size:
            yield some.copy()
            continue
        stop = min(size, start + max(LEAST, key_bytes // len(some)))
        keys = _keys(data, number, some, start, stop)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        cuts = np.flatnonzero(keys[1:] != keys[:-1]) + 1
        waiting += [(some[part], stop) for part in reversed(np.split(order, cuts))]


def _keys(data: Taken, number: int, rows: Ints, start: int, stop: int) -> NDArray[np.void]:
    """The bytes start..stop of images of a class, void (n,)."""
    found = np.empty((len(rows), stop - start), np.uint8)
    step = max(1, PIECE_SAMPLES // data.classes[number].samples)
    for first in range(0, len(rows), step):
        block = data.take(rows[first : first + step]).blocks[number]
        found[first : first + step] = sample_bytes(block)[:, start:stop]
    keys: NDArray[np.void] = found.view(np.dtype((np.void, stop - start))).ravel()
    return keys
