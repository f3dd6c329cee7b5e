"""Picture files made by hand, so that nothing but the format's own text says what is in them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

GREY, RGB, INDEXED, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    crc = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + crc


def png(
    samples: NDArray[Any],
    bits: int,
    colour: int,
    before: Sequence[tuple[bytes, bytes]] = (),
    after: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    """A PNG of samples (H, W) or (H, W, C), with chunks before and after its pixels."""
    height, width = samples.shape[:2]
    flat = samples.reshape(height, -1)
    if bits == 16:
        rows = flat.astype(">u2").view(np.uint8)
    else:
        places = np.arange(bits - 1, -1, -1)
        rows = np.packbits((flat.astype(np.int64)[..., None] >> places & 1).reshape(height, -1), 1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = [
        (b"IHDR", head), *before, (b"IDAT", zlib.compress(raw)), *after, (b"IEND", b""),
    ]  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def bmp(
    pixels: bytes,
    width: int,
    height: int,
    bits: int,
    palette: bytes = b"",
    compression: int = 0,
) -> bytes:
    """A BMP with a header of 40 bytes; rows of `pixels` padded to 4 bytes, the lowest first."""
    offset = 54 + len(palette)
    head = b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset)
    info = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(pixels), 0, 0,
        len(palette) // 4, 0,
    )  # fmt: skip
    return head + info + palette + pixels
