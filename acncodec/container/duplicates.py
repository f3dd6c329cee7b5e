"""Exact duplicates: found, and written so that each distinct image is coded once.

Both forms are arrays of unsigned integers whose number and width follow from the counts that the
header holds. Each array is written plane by plane (all lowest bytes first), then squeezed.

- Order kept: for each of the R = count - distinct repeats, how many new images stand between it
  and the repeat before it; then for each, which distinct image it repeats.
- Any order: R gaps in the sorted list of the repeated images, or, where that is shorter (more
  repeats than distinct images), for each distinct image how often it is repeated.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.container.squeeze import squeeze, unsqueeze
from acncodec.errors import CorruptionError, DataError, FormatError


def find_duplicates(pixels: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the distinct images by their first occurrence.

    Args:
        pixels: (N, ...), any dtype; images are the same where their bytes are.

    Returns:
        `first`, int64 (U,): where each distinct image stands first, ascending; and `inverse`,
        int64 (N,): the number of each image, so that `pixels[first][inverse]` is `pixels`.
    """
    numbers: dict[bytes, int] = {}
    inverse = np.empty(len(pixels), dtype=np.int64)
    for index, image in enumerate(pixels):
        inverse[index] = numbers.setdefault(image.tobytes(), len(numbers))
    first = np.flatnonzero(_is_new(inverse))
    return first.astype(np.int64), inverse


def pack_inverse(inverse: NDArray[np.int64], distinct: int) -> bytes:
    """Pack which image is which, the order kept.

    Args:
        inverse: int64 (N,), numbered by first occurrence as `find_duplicates` does.
        distinct: how many numbers there are.

    Raises:
        DataError: `inverse` is not so numbered.
    """
    new = _is_new(inverse)
    if inverse.size and (inverse.min() < 0 or inverse.max() >= distinct):
        raise DataError(f"an image number is not within the {distinct} distinct images")
    if not np.array_equal(inverse[new], np.arange(distinct)):
        raise DataError("the images are not numbered by first occurrence")
    repeats = np.flatnonzero(~new)
    gaps = np.diff(repeats, prepend=-1) - 1
    count = len(inverse)
    return squeeze(_to_planes(gaps, count) + _to_planes(inverse[repeats], distinct))


def unpack_inverse(payload: bytes, count: int, distinct: int) -> NDArray[np.int64]:
    """Undo `pack_inverse`.

    Returns:
        int64 (count,), every number of 0 to distinct - 1 in it, numbered by first occurrence.

    Raises:
        FormatError: malformed, or not of the length that the counts call for.
        CorruptionError: a repeat beyond the end, or of an image that has not come yet.
    """
    repeats = _repeats(count, distinct)
    split = repeats * _width(count)
    raw = unsqueeze(payload, split + repeats * _width(distinct))
    gaps = _from_planes(raw[:split], count)
    targets = _from_planes(raw[split:], distinct)
    # Every gap is below `count`, so an overflow would first pass `count`, and be seen.
    positions = np.cumsum(gaps + 1) - 1
    if repeats and (positions.min() < 0 or positions.max() >= count):
        raise CorruptionError("a duplicate stands beyond the last image")
    seen = positions - np.arange(repeats)
    if np.any(targets >= seen):
        raise CorruptionError("a duplicate refers to an image that comes later")
    new = np.ones(count, dtype=np.bool_)
    new[positions] = False
    inverse = np.empty(count, dtype=np.int64)
    inverse[new] = np.arange(distinct)
    inverse[positions] = targets
    return inverse


def pack_counts(counts: NDArray[np.int64]) -> bytes:
    """Pack how often each distinct image occurs.

    Args:
        counts: int64 (U,), each at least 1.

    Raises:
        DataError: a count below 1.
    """
    if counts.size and counts.min() < 1:
        raise DataError("a distinct image must occur at least once")
    distinct, extra = len(counts), counts - 1
    repeats = int(extra.sum())
    if repeats > distinct:
        return squeeze(_to_planes(extra, repeats + 1))
    repeated = np.repeat(np.arange(distinct), extra)
    return squeeze(_to_planes(np.diff(repeated, prepend=0), distinct))


def unpack_counts(payload: bytes, count: int, distinct: int) -> NDArray[np.int64]:
    """Undo `pack_counts`.

    Returns:
        int64 (distinct,), each at least 1, summing to `count`.

    Raises:
        FormatError: malformed, or not of the length that the counts call for.
        CorruptionError: the counts do not sum to `count`, or name an image that is not there.
    """
    repeats = _repeats(count, distinct)
    if repeats > distinct:
        raw = unsqueeze(payload, distinct * _width(repeats + 1))
        extra = _from_planes(raw, repeats + 1)
        if sum(extra.tolist()) != repeats:
            raise CorruptionError(f"the occurrences do not sum to {count}")
    else:
        raw = unsqueeze(payload, repeats * _width(distinct))
        repeated = np.cumsum(_from_planes(raw, distinct))
        if repeats and (repeated.min() < 0 or repeated.max() >= distinct):
            raise CorruptionError("an occurrence of an image beyond the last")
        extra = np.bincount(repeated, minlength=distinct)
    return np.asarray(extra + 1, dtype=np.int64)


def _is_new(inverse: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a number exceeds all before it: bool (N,)."""
    highest = np.maximum.accumulate(inverse, dtype=np.int64)
    before = np.concatenate([np.array([-1], dtype=np.int64), highest])[:-1]
    return np.asarray(inverse > before)


def _repeats(count: int, distinct: int) -> int:
    if not min(count, 1) <= distinct <= count or count > 0xFFFF_FFFF:
        raise FormatError(f"{count} images cannot have {distinct} distinct ones")
    return count - distinct


def _width(bound: int) -> int:
    """Bytes for integers below `bound`: 1, 2, 4 or 8."""
    return next(width for width in (1, 2, 4, 8) if bound <= 1 << 8 * width)


def _to_planes(values: NDArray[np.int64], bound: int) -> bytes:
    width = _width(bound)
    return values.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T.tobytes()


def _from_planes(raw: bytes, bound: int) -> NDArray[np.int64]:
    """Undo `_to_planes`; raises CorruptionError where a value is not below `bound`."""
    width = _width(bound)
    planes = np.frombuffer(raw, dtype=np.uint8).reshape(width, -1)
    values = np.ascontiguousarray(planes.T).view(f"<u{width}").reshape(-1)
    if values.size and int(values.max()) >= bound:
        raise CorruptionError(f"a value of {values.max()} where all are below {bound}")
    return values.astype(np.int64)
