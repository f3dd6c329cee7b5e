"""A PNG of samples as they are: indexes, few bits and 16 bits included, chunks where they stood.

libpng, by imagecodecs, filters and packs samples of 8 and 16 bits. Those of fewer bits are packed
here, without a filter, as the standard advises for them.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import PALETTE, SAMPLES, Chunk, pack_chunk
from acncodec.images.formats.libraries import imagecodecs
from acncodec.images.formats.modes import Mode
from acncodec.images.formats.png import GREY, GREY_ALPHA, INDEXED, MAGIC, RGB, RGBA

_COLOURS = {1: GREY, 2: GREY_ALPHA, 3: RGB, 4: RGBA}
_LEVEL = 6
_CRITICAL = 0x20
"""The bit that the first letter of a chunk lacks which a reader must know."""


def encode_png(samples: NDArray[Any], mode: Mode, chunks: tuple[Chunk, ...] = ()) -> bytes:
    """A PNG of `samples`, (H, W) or (H, W, C) of the mode's type.

    Raises:
        DataError: no PNG has such samples or chunks, or indexes have no palette.
        MissingExtraError: imagecodecs is not installed.
    """
    if not mode.bits:
        raise DataError(f"no PNG has samples of mode {mode.name}")
    height, width = samples.shape[:2]
    colour = INDEXED if mode.indexed else _COLOURS[mode.channels]
    before, after = _split(chunks)
    if mode.indexed and PALETTE not in (name for name, _ in before):
        raise DataError("indexes into no palette")
    header = struct.pack(">IIBBBBB", width, height, mode.bits, colour, 0, 0, 0)
    parts = [(b"IHDR", header), *before, *_pack(samples, mode.bits), *after, (b"IEND", b"")]
    return MAGIC + b"".join(pack_chunk(*part) for part in parts)


def _split(chunks: tuple[Chunk, ...]) -> tuple[tuple[Chunk, ...], tuple[Chunk, ...]]:
    """The chunks before the samples, and those after them."""
    at = chunks.index((SAMPLES, b"")) if (SAMPLES, b"") in chunks else len(chunks)
    before, after = chunks[:at], chunks[at + 1 :]
    for name, _content in (*before, *after):
        if not name[0] & _CRITICAL and name != PALETTE:
            raise DataError(f"the chunk {name!r} cannot stand beside a picture's samples")
    return before, after


def _pack(samples: NDArray[Any], bits: int) -> Iterator[Chunk]:
    """The chunks of samples."""
    if bits >= 8:
        stream = io.BytesIO(imagecodecs().png_encode(np.ascontiguousarray(samples), level=_LEVEL))
        stream.seek(len(MAGIC))
        while head := stream.read(8):
            length, name = struct.unpack(">I4s", head)
            content = stream.read(length + 4)[:length]
            if name == SAMPLES:
                yield name, content
        return
    places = np.arange(bits - 1, -1, -1, dtype=np.uint8)
    planes = samples.view(np.uint8)[..., np.newaxis] >> places & 1
    rows = np.packbits(planes.reshape(len(samples), -1), axis=1)
    yield SAMPLES, zlib.compress(np.pad(rows, ((0, 0), (1, 0))).tobytes(), 9)
