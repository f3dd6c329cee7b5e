"""What stands in a picture beside its samples, as chunks of a PNG (W3C PNG, third edition).

Whatever the format a picture came in, its palette, colour profile, EXIF and text are held in this
one form: a PNG then gives them back as they were. In a list of chunks `SAMPLES` stands where the
samples were.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError

Chunk = tuple[bytes, bytes]
"""The name of a chunk, four letters, and its content."""

SAMPLES: Final = b"IDAT"
PALETTE: Final = b"PLTE"
TRANSPARENT: Final = b"tRNS"

_LENGTH = struct.Struct(">I4s")
_CRC = struct.Struct(">I")
_INCH = 0.0254  # metres


def pack_chunk(name: bytes, content: bytes) -> bytes:
    """A chunk as it stands in a PNG: length, name, content and CRC-32."""
    return _LENGTH.pack(len(content), name) + content + _CRC.pack(zlib.crc32(name + content))


def join_chunks(chunks: Iterable[Chunk]) -> bytes:
    """Chunks one after the other, each with its length and name."""
    return b"".join(_LENGTH.pack(len(content), name) + content for name, content in chunks)


def split_chunks(joined: bytes) -> tuple[Chunk, ...]:
    """Undo `join_chunks`. Raises `DataError` on what it did not give."""
    return tuple(_split(io.BytesIO(joined)))


def _split(stream: IO[bytes]) -> Iterator[Chunk]:
    while head := stream.read(_LENGTH.size):
        if len(head) < _LENGTH.size:
            raise DataError("the chunks beside a picture are truncated")
        length, name = _LENGTH.unpack(head)
        content = stream.read(length)
        if len(content) < length:
            raise DataError(f"the chunk {name!r} beside a picture is truncated")
        if not (name.isalpha() and name.isascii()):
            raise DataError(f"a chunk beside a picture cannot be called {name!r}")
        yield name, content


def palette_chunks(colours: NDArray[np.uint8], alpha: NDArray[np.uint8] | None) -> list[Chunk]:
    """The palette (n, 3), and its alpha (n,), which ends with the last that is not 255.

    Raises `DataError` for a palette that no PNG holds.
    """
    if not 1 <= len(colours) <= 256:
        raise DataError(f"a palette of {len(colours)} colours")
    chunks = [(PALETTE, np.ascontiguousarray(colours, np.uint8).tobytes())]
    if alpha is not None and (seen := np.flatnonzero(alpha != 255)).size:
        chunks.append((TRANSPARENT, alpha[: seen[-1] + 1].tobytes()))
    return chunks


def profile_chunk(profile: bytes) -> Chunk:
    """An ICC profile."""
    return b"iCCP", b"ICC profile\0\0" + zlib.compress(profile, 9)


def exif_chunk(exif: bytes) -> Chunk:
    """EXIF, which in JPEG and WebP may begin with six bytes that a PNG does not have."""
    return b"eXIf", exif.removeprefix(b"Exif\0\0")


def xmp_chunk(xmp: bytes) -> Chunk:
    """XMP, text in UTF-8."""
    return b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp


def text_chunk(keyword: str, text: bytes) -> Chunk:
    """Text in UTF-8, or in Latin-1 where it is not UTF-8; a NUL, which no text of a PNG holds,
    becomes a new line."""
    try:
        plain = text.decode("utf-8")
    except UnicodeDecodeError:
        plain = text.decode("latin-1")
    content = plain.replace("\0", "\n").encode()
    return b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + content


def resolution_chunk(per_metre: Sequence[int]) -> Chunk:
    """Pixels a metre, along x and y."""
    return b"pHYs", struct.pack(">IIB", *per_metre, 1)


def per_metre(per_inch: float) -> int:
    """Whole pixels a metre."""
    return round(per_inch / _INCH)
