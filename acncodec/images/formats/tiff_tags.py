"""What stands beside the samples of a TIFF's page: what a PNG can hold, and what not."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import (
    SAMPLES,
    Chunk,
    palette_chunks,
    per_metre,
    profile_chunk,
    resolution_chunk,
    text_chunk,
    xmp_chunk,
)
from acncodec.images.formats.picture import EXIF, ORIENTATION, PROFILE

TAGS: Final = "further tags"

_ASCII = 2
_STRUCTURE = frozenset({
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 288,
    289, 292, 293, 297, 317, 322, 323, 324, 325, 326, 327, 328, 338, 339,
})  # fmt: skip
"""How the samples lie in the file."""
_ORIENTATION, _X, _Y, _UNIT, _COLOUR_MAP = 274, 282, 283, 296, 320
_XMP, _PROFILE, _EXIF = 700, 34675, 34665
_TRANSFER, _WHITE_POINT, _PRIMARIES = 301, 318, 319
_LOST = {_EXIF: EXIF, _TRANSFER: PROFILE, _WHITE_POINT: PROFILE, _PRIMARIES: PROFILE}
_PER_INCH = {2: 1.0, 3: 2.54}
_NO_TURN = 1


def read_tags(page: Any, palette: bool) -> tuple[tuple[Chunk, ...], tuple[str, ...]]:
    """Chunks of what is kept, its palette among them, and the names of what is not.

    Raises `DataError` for a palette that no PNG holds.
    """
    values = {tag.code: tag.value for tag in page.tags}
    chunks = _palette(np.asarray(values.pop(_COLOUR_MAP, ()))) if palette else []
    if profile := values.pop(_PROFILE, b""):
        chunks.append(profile_chunk(bytes(profile)))
    if xmp := values.pop(_XMP, b""):
        chunks.append(xmp_chunk(bytes(xmp)))
    size = [values.pop(code, (0, 1)) for code in (_X, _Y)]
    if (unit := _PER_INCH.get(int(values.pop(_UNIT, 2)))) and all(one[0] for one in size):
        chunks.append(resolution_chunk([per_metre(top / low * unit) for top, low in size]))
    for tag in page.tags:
        if tag.dtype == _ASCII and tag.code in values:
            text = values.pop(tag.code)
            chunks.append(text_chunk(tag.name, text if type(text) is bytes else text.encode()))
    turned = int(values.pop(_ORIENTATION, _NO_TURN)) != _NO_TURN
    lost = [_LOST.get(code, TAGS) for code in values if code not in _STRUCTURE]
    if turned:
        lost.append(ORIENTATION)
    return (*chunks, (SAMPLES, b"")) if chunks else (), tuple(dict.fromkeys(lost))


def _palette(colours: NDArray[Any]) -> list[Chunk]:
    """The palette, of 16 bits a colour in a TIFF: eight of them repeated, or followed by zeros."""
    if colours.dtype != np.uint16 or colours.size % 3 or not colours.size:
        raise DataError("a TIFF without a palette")
    high, low = colours.reshape(3, -1).T >> 8, colours.reshape(3, -1).T & 255
    if not (np.array_equal(high, low) or not low.any()):
        raise DataError("its palette has more than 8 bits a colour; save it as RGB")
    return palette_chunks(high.astype(np.uint8), None)
