"""Images as rows: (N, H * W), where a square or the user tells height and width."""

from __future__ import annotations

import math
import re
from typing import Final

from acncodec.errors import DataError
from acncodec.images.spec import MAX_CHANNELS

_SIZE = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,4}))?", re.ASCII)
_USUAL: Final = (1, 3)
"""Numbers of channels that are looked for before others."""
MIN_SIDE: Final = 4
"""Rows shorter than the square of this are not taken for images unless the user says so."""


def is_size(layout: str) -> bool:
    """Whether it is the size of an image: `28x28`, `32x32x3` (channels last), `3x32x32` (first)."""
    return _SIZE.fullmatch(layout) is not None


def may_be_rows(shape: tuple[int, ...], layout: str | None) -> bool:
    """Whether an array of this shape may be images as rows of that size, or of a square."""
    if len(shape) < 2:
        return False
    entries = math.prod(shape[1:])
    if layout is not None:
        return is_size(layout) and math.prod(_numbers(layout)) == entries
    side = math.isqrt(entries)
    return len(shape) == 2 and side >= MIN_SIDE and side * side == entries


def row_layout(
    name: str, shape: tuple[int, ...], layout: str | None
) -> tuple[str, tuple[int, ...]]:
    """The layout of images that are given as rows, and the shape of one.

    Args:
        name: the array's, for messages.
        shape: of the whole array.
        layout: the size of an image; None takes a square of one channel.

    Raises:
        DataError: rows are of another size, or neither a square nor a size tells it.
    """
    entries = math.prod(shape[1:])
    if layout is None or not is_size(layout):
        side = math.isqrt(entries)
        if layout is not None or side * side != entries or side < 1:
            raise DataError(
                f"the image array {name!r} of shape {shape} has rows of {entries} entries: say"
                f" what an image is with --layout HxW{_advice(entries)}"
            )
        return "nhw", (side, side)
    row = _numbers(layout)
    if len(shape) < 2 or math.prod(row) != entries:
        raise DataError(
            f"the image array {name!r} of shape {shape} has rows of {entries} entries, and an"
            f" image of {layout} has {math.prod(row)}"
        )
    if len(row) == 2:
        return "nhw", row
    for channels in (_USUAL, range(1, MAX_CHANNELS + 1)):
        if row[2] in channels:
            return "nhwc", row
        if row[0] in channels:
            return "nchw", row
    raise DataError(f"--layout {layout}: the first or the last number is 1 to {MAX_CHANNELS}")


def _numbers(layout: str) -> tuple[int, ...]:
    found = _SIZE.fullmatch(layout)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def _advice(entries: int) -> str:
    side = math.isqrt(entries // 3)
    if entries and 3 * side * side == entries:
        return f"xC, such as {side}x{side}x3 (colours last) or 3x{side}x{side} (planes)"
    return ", such as 28x28"
