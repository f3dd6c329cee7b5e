"""Stored images of few colours as palettes and indexes: docs/FORMAT.md, 3.1.

First how many colours each image has in its palette, 0 where it has none; then all palettes, all
indexes, and last the pixels of the images without a palette. So the same palette, and the same
shape in other colours, recur as strings of bytes.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import CorruptionError, FormatError
from acncodec.images.image_class import ImageClass

WRITTEN_COLOURS: Final = 96
"""A writer's palettes have no more: of several numbers the best for a game's sprites."""
MOST_COLOURS: Final = 256
"""A reader's. An image of fewer pixels has no more than these."""
COUNT_BYTES: Final = 2

Pixels = NDArray[np.uint8]
"""Images (n, H, W, C)."""
Bytes = NDArray[np.uint8]


def to_palettes(images: Pixels, most: int = WRITTEN_COLOURS) -> bytes:
    """Images in that form; colours stand in the order in which an image first has them."""
    counts, palettes, indexes, plain = [], [], [], []
    for image in images:
        colours = np.ascontiguousarray(image).reshape(-1, image.shape[2])
        _, first, index = np.unique(_numbers(colours), return_index=True, return_inverse=True)
        if len(first) > most:
            counts.append(0)
            plain.append(colours.tobytes())
            continue
        order = np.argsort(first)
        places = np.empty(len(order), np.uint8)
        places[order] = np.arange(len(order))
        counts.append(len(order))
        palettes.append(colours[first[order]].tobytes())
        indexes.append(places[index].tobytes())
    return np.array(counts, "<u2").tobytes() + b"".join([*palettes, *indexes, *plain])


def _numbers(colours: Pixels) -> NDArray[np.uint32]:
    """A number for each colour (n, C)."""
    wide = np.zeros((len(colours), 4), np.uint8)
    wide[:, : colours.shape[1]] = colours
    return wide.view(np.uint32).ravel()


def may_have_palettes(one: ImageClass) -> bool:
    """Whether images of a class can have palettes at all."""
    return one.channels > 1 and one.levels <= MOST_COLOURS


def has_palette(image: NDArray[Any]) -> bool:
    """Whether an image (H, W, C) of bytes is written with a palette."""
    return len(np.unique(_numbers(image.reshape(-1, image.shape[2])))) <= WRITTEN_COLOURS


def greatest_length(one: ImageClass, count: int) -> int:
    """Bytes that `count` images of a class may take."""
    pixels = one.height * one.width
    colours = min(MOST_COLOURS, pixels)
    each = max(colours * one.channels + pixels, pixels * one.channels)
    return count * (COUNT_BYTES + each)


def least_length(one: ImageClass, count: int) -> int:
    """Bytes that `count` images of a class take at least."""
    pixels = one.height * one.width
    return count * (COUNT_BYTES + min(one.channels + pixels, pixels * one.channels))


def length_of(raw: Bytes, one: ImageClass, count: int) -> int:
    """How many of the first bytes of `raw` stand for `count` images of a class.

    Raises `FormatError` where they do not say so.
    """
    colours = _counts(raw, one, count)
    palettes, pixels = int((colours > 0).sum()), one.height * one.width
    return (
        COUNT_BYTES * count
        + int(colours.sum()) * one.channels
        + palettes * pixels
        + (count - palettes) * pixels * one.channels
    )


def from_palettes(raw: Bytes, one: ImageClass, count: int) -> Pixels:
    """Undo `to_palettes`; raw: as many bytes as `length_of` says.

    Raises `CorruptionError` where an index is of no colour.
    """
    colours = _counts(raw, one, count)
    with_palette = np.flatnonzero(colours)
    pixels, at = one.height * one.width, COUNT_BYTES * count
    sizes = colours[with_palette]
    total = int(sizes.sum())
    palettes = raw[at : at + total * one.channels].reshape(total, one.channels)
    at += total * one.channels
    indexes = raw[at : at + len(sizes) * pixels].reshape(len(sizes), pixels)
    at += len(sizes) * pixels
    if (indexes >= sizes[:, None]).any():
        raise CorruptionError("a stored pixel of a colour that its palette does not have")
    found = np.empty((count, pixels, one.channels), np.uint8)
    starts = np.cumsum(sizes) - sizes
    for row, start, index in zip(with_palette.tolist(), starts.tolist(), indexes, strict=True):
        found[row] = palettes[start + index.astype(np.int64)]
    plain = np.flatnonzero(colours == 0)
    found[plain] = raw[at:].reshape(len(plain), pixels, one.channels)
    return found.reshape(count, one.height, one.width, one.channels)


def _counts(raw: Bytes, one: ImageClass, count: int) -> NDArray[np.int64]:
    """How many colours the palette of each image has."""
    if len(raw) < COUNT_BYTES * count:
        raise FormatError("the stored images end within the sizes of their palettes")
    colours = raw[: COUNT_BYTES * count].copy().view("<u2").astype(np.int64)
    if colours.max(initial=0) > min(MOST_COLOURS, one.height * one.width):
        raise FormatError(f"a palette of {colours.max()} colours")
    return colours
