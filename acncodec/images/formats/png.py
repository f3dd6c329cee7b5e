"""PNG: grey of 1, 2, 4, 8 or 16 bits, grey with alpha, RGB, RGBA, and indexes into palettes.

Samples are taken as they are stored: grey of 2 and 4 bits is not spread over 0..255, and every
chunk beside them is kept. Pillow decodes, but for 16-bit samples of several channels, which it
would round to 8 bits without a word: those are decoded by imagecodecs.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import PALETTE, SAMPLES, TRANSPARENT, Chunk
from acncodec.images.formats.libraries import imagecodecs, pillow
from acncodec.images.formats.picture import (
    Picture,
    PictureFormat,
    check_size,
    one_picture,
)
from acncodec.images.reading import check_inflation

MAGIC = b"\x89PNG\r\n\x1a\n"

GREY, RGB, INDEXED, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
_CHANNELS = {GREY: 1, RGB: 3, INDEXED: 1, GREY_ALPHA: 2, RGBA: 4}
_DEPTHS = {
    GREY: (1, 2, 4, 8, 16), RGB: (8, 16), INDEXED: (1, 2, 4, 8), GREY_ALPHA: (8, 16),
    RGBA: (8, 16),
}  # fmt: skip
_MODES = {GREY: "L", RGB: "RGB", INDEXED: "P", GREY_ALPHA: "LA", RGBA: "RGBA"}

_ANIMATION, _FRAME = b"acTL", b"fdAT"
_HEADER, _END = b"IHDR", b"IEND"
_CRITICAL = (_HEADER, PALETTE, SAMPLES, _END)
_ONE = b"\0\0\0\1"


@dataclass(frozen=True)
class _Content:
    """The header, the chunks beside the samples, and the bytes that the samples are packed in."""

    header: bytes
    chunks: tuple[Chunk, ...]
    packed_bytes: int

    def find(self, name: bytes) -> bytes:
        """The content of a chunk, empty where there is none."""
        return next((content for other, content in self.chunks if other == name), b"")


def read_header(file: IO[bytes]) -> Picture:
    """Describe a PNG. Raises `DataError` where it is malformed or cannot be taken as it is."""
    content = _walk(file)
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", content.header)
    check_size(height, width)
    if colour not in _DEPTHS or depth not in _DEPTHS[colour]:
        raise DataError(f"a PNG of colour type {colour} and {depth} bits")
    row_bytes = -(-width * _CHANNELS[colour] * depth // 8)
    check_inflation(content.packed_bytes, height * row_bytes, "the PNG")
    if content.find(_ANIMATION)[:4] not in (b"", _ONE) or content.find(_FRAME):
        raise DataError("it is animated, and holds several pictures; save each as a file")
    indexed, channels = colour == INDEXED, _CHANNELS[colour]
    kind = np.uint16 if depth == 16 else np.bool_ if depth == 1 and not indexed else np.uint8
    if depth == 16 and colour != GREY:
        decode = partial(_decode_deep, channels=channels)
    else:
        decode = partial(_decode, mode=_mode(colour, depth), depth=depth)
    if indexed:
        _check_palette(content)
    # Where nothing but the samples is there, nothing needs to be said.
    chunks = content.chunks if len(content.chunks) > 1 else ()
    return Picture(
        height, width, channels, np.dtype(kind), (1 << depth) - 1, decode,
        indexed=indexed, chunks=chunks,
    )  # fmt: skip


def _walk(file: IO[bytes]) -> _Content:
    """Go through all chunks up to the last, and compare each with its CRC; the samples' are
    compared when they are decoded."""
    chunks: list[Chunk] = []
    header, packed = b"", 0
    for name, content, length in _read_chunks(file):
        if not header and (name != _HEADER or length != 13):
            raise DataError("a PNG without a header (offset 8)")
        if name == _HEADER:
            header = content
        elif name == SAMPLES:
            packed += length
            if (SAMPLES, b"") not in chunks:
                chunks.append((SAMPLES, b""))
        elif name != _END:
            chunks.append((name, content))
    return _Content(header, tuple(chunks), packed)


def _read_chunks(file: IO[bytes], samples: bool = False) -> Iterator[tuple[bytes, bytes, int]]:
    """Name, content and length of each chunk, up to IEND; samples: whether those are read too, and
    their CRC compared."""
    at, size = len(MAGIC), file.seek(0, os.SEEK_END)
    while True:
        file.seek(at)
        head = file.read(8)
        length, name = struct.unpack(">I4s", head) if len(head) == 8 else (0, b"")
        if len(head) < 8 or at + 12 + length > size:
            raise DataError(f"the PNG is truncated (offset {min(size, at + len(head))})")
        if name[0] & 0x20 == 0 and name not in _CRITICAL:
            raise DataError(f"the PNG chunk {name!r} is none we know (offset {at})")
        content = b""
        if name != SAMPLES or samples:
            content, crc = file.read(length), file.read(4)
            if zlib.crc32(content, zlib.crc32(name)).to_bytes(4, "big") != crc:
                raise DataError(f"the PNG chunk {name!r} is damaged (offset {at})")
        yield name, content, length
        if name == _END:
            return
        at += 12 + length


def _check_palette(content: _Content) -> None:
    """Refuse a palette that is none. Indexes beyond it, which readers paint black, are kept."""
    palette = content.find(PALETTE)
    if not 3 <= len(palette) <= 768 or len(palette) % 3:
        raise DataError(f"a PNG palette of {len(palette)} bytes")
    if len(content.find(TRANSPARENT)) > len(palette) // 3:
        raise DataError("a PNG palette has more alpha values than colours")


def _mode(colour: int, depth: int) -> str:
    """What Pillow must call it."""
    if colour == GREY and depth in (1, 16):
        return "1" if depth == 1 else "I;16"
    return _MODES[colour]


def _decode(file: IO[bytes], mode: str, depth: int) -> NDArray[Any]:
    for _ in _read_chunks(file, samples=True):  # Pillow takes samples whatever their CRC is
        pass
    file.seek(0)
    with pillow().open(file, formats=("PNG",)) as image:
        if image.mode != mode:
            raise DataError(f"Pillow gives mode {image.mode}, but the header says {mode}")
        samples: NDArray[Any] = np.asarray(image)
    if mode == "1":
        samples = samples.view(np.uint8) != 0  # Pillow's True is the byte 255
    if mode == "L" and depth < 8:
        return _gather(samples, (1 << depth) - 1)
    return samples


def _gather(samples: NDArray[Any], maximum: int) -> NDArray[Any]:
    """Undo the spreading of 0..maximum over 0..255."""
    gathered = samples // (255 // maximum)
    if not np.array_equal(gathered * (255 // maximum), samples):
        raise DataError(f"the decoder's values are not those of {maximum + 1} levels")
    return gathered


def _decode_deep(file: IO[bytes], channels: int) -> NDArray[Any]:
    # A transparent colour, which is kept as such, comes as one channel more.
    samples: NDArray[Any] = imagecodecs().png_decode(file.read())
    return samples[..., :channels] if samples.shape[2:] == (channels + 1,) else samples


def _matches(start: bytes) -> bool:
    return start.startswith(MAGIC)


PNG = PictureFormat("PNG", (".png",), _matches, one_picture(read_header))
