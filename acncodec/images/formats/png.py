"""PNG: grey of 1, 2, 4, 8 or 16 bits, grey with alpha, RGB, RGBA, and palettes as colours.

Samples are taken as they are stored: grey of 2 and 4 bits is not spread over 0..255. Pillow
decodes, but for 16-bit samples of several channels, which it would round to 8 bits without a
word: those are decoded by imagecodecs.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.libraries import imagecodecs, pillow
from acncodec.images.formats.picture import (
    EXIF,
    PALETTE,
    PROFILE,
    TEXT,
    Picture,
    PictureFormat,
    check_size,
    paint,
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

_LOST = {
    b"iCCP": PROFILE, b"gAMA": PROFILE, b"cHRM": PROFILE, b"sRGB": PROFILE, b"cICP": PROFILE,
    b"eXIf": EXIF, b"tEXt": TEXT, b"zTXt": TEXT, b"iTXt": TEXT,
}  # fmt: skip
_READ = (b"IHDR", b"PLTE", b"tRNS", b"acTL")
_READ_BYTES = 768
"""The longest chunk of those: a palette of 256 colours."""


@dataclass(frozen=True)
class _Chunks:
    """What the chunks before the end say: content of those we read, names of all others."""

    read: dict[bytes, bytes]
    names: tuple[bytes, ...]
    packed_bytes: int


def read_header(file: IO[bytes]) -> Picture:
    """Describe a PNG. Raises `DataError` where it is malformed or cannot be taken as it is."""
    chunks = _walk(file)
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks.read[b"IHDR"])
    check_size(height, width)
    if colour not in _DEPTHS or depth not in _DEPTHS[colour]:
        raise DataError(f"a PNG of colour type {colour} and {depth} bits")
    row_bytes = -(-width * _CHANNELS[colour] * depth // 8)
    check_inflation(chunks.packed_bytes, height * row_bytes, "the PNG")
    if b"acTL" in chunks.read and chunks.read[b"acTL"][:4] != b"\0\0\0\1":
        raise DataError("it is animated, and holds several pictures; save each as a file")
    transparent = chunks.read.get(b"tRNS")
    lost = dict.fromkeys(_LOST[name] for name in chunks.names if name in _LOST)
    if colour == INDEXED:
        palette = _palette(chunks.read.get(b"PLTE", b""), transparent)
        return Picture(
            height, width, palette.shape[1], np.dtype(np.uint8), 255,
            partial(_decode_indexed, palette=palette), (PALETTE, *lost),
        )  # fmt: skip
    if transparent is not None:
        raise DataError(
            "it has a transparent colour (tRNS), which the samples alone do not keep; save it with"
            " an alpha channel"
        )
    dtype = np.dtype(np.bool_ if depth == 1 else np.uint8 if depth <= 8 else np.uint16)
    if depth == 16 and colour != GREY:
        decode = _decode_deep
    else:
        decode = partial(_decode, mode=_mode(colour, depth), depth=depth)
    return Picture(height, width, _CHANNELS[colour], dtype, (1 << depth) - 1, decode, (*lost,))


def _walk(file: IO[bytes]) -> _Chunks:
    """Go through all chunks up to the last; those we read are compared with their CRC."""
    read: dict[bytes, bytes] = {}
    names: list[bytes] = []
    packed = 0
    for name, length, content in _chunks(file):
        if not names and (name != b"IHDR" or length != 13):
            raise DataError("a PNG without a header (offset 8)")
        if content is not None:
            read[name] = content
        names.append(name)
        packed += length if name == b"IDAT" else 0
    return _Chunks(read, tuple(names), packed)


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, int, bytes | None]]:
    """Name, length and, for those we read, content of each chunk, up to IEND."""
    at = len(MAGIC)
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            raise DataError(f"the PNG is truncated (offset {at + len(head)})")
        length, name = struct.unpack(">I4s", head)
        content = None
        if name in _READ:
            if length > _READ_BYTES:
                raise DataError(f"a PNG chunk {name!r} of {length} bytes (offset {at})")
            rest = file.read(length + 4)
            content = rest[:length]
            if rest[length:] != struct.pack(">I", zlib.crc32(name + content)):
                raise DataError(f"the PNG chunk {name!r} is damaged (offset {at})")
        yield name, length, content
        if name == b"IEND":
            return
        at += 12 + length


def _palette(colours: bytes, transparent: bytes | None) -> NDArray[np.uint8]:
    """The palette (n, 3), or with its alpha (n, 4)."""
    if not colours or len(colours) % 3:
        raise DataError(f"a PNG palette of {len(colours)} bytes")
    palette = np.frombuffer(colours, np.uint8).reshape(-1, 3)
    if transparent is None:
        return palette
    if len(transparent) > len(palette):
        raise DataError("a PNG palette has more alpha values than colours")
    alpha = np.full((len(palette), 1), 255, np.uint8)
    alpha[: len(transparent), 0] = np.frombuffer(transparent, np.uint8)
    return np.concatenate([palette, alpha], 1)


def _mode(colour: int, depth: int) -> str:
    """What Pillow must call it."""
    if colour == GREY and depth in (1, 16):
        return "1" if depth == 1 else "I;16"
    return _MODES[colour]


def _decode(file: IO[bytes], mode: str, depth: int) -> NDArray[Any]:
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


def _decode_deep(file: IO[bytes]) -> NDArray[Any]:
    samples: NDArray[Any] = imagecodecs().png_decode(file.read())
    return samples


def _decode_indexed(file: IO[bytes], palette: NDArray[np.uint8]) -> NDArray[Any]:
    return paint(_decode(file, "P", 8), palette)


def _matches(start: bytes) -> bool:
    return start.startswith(MAGIC)


PNG = PictureFormat("PNG", (".png",), _matches, read_header)
