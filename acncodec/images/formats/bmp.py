"""BMP: one bit, grey, RGB and RGBA of 8 bits, and indexes into palettes. Pillow decodes.

The header decides what is taken: of pixels of four bytes Pillow drops the last one without a
word, 5-bit samples it spreads over 0..255, and indexes of 4 and 8 bits into black and white alone
it reads as if they had one bit each. So it is never shown a palette that it may take for grey.
"""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import SAMPLES, Chunk, palette_chunks, resolution_chunk
from acncodec.images.formats.libraries import pillow
from acncodec.images.formats.picture import (
    PROFILE,
    Picture,
    PictureFormat,
    check_size,
    one_picture,
)

MAGIC = b"BM"

_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_RAW, _RLE8, _RLE4, _FIELDS = 0, 1, 2, 3
_BGRA = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
_PROFILES = (b"DEBM", b"KNIL")
"""Embedded, or named: the letters of a number, the lowest first."""
_COLOURED = bytes([255, 0, 0])
"""A first colour of which no palette is grey."""
_BLACK_AND_WHITE = [[0, 0, 0], [255, 255, 255]]


@dataclass(frozen=True)
class _Head:
    width: int
    height: int
    bits: int
    compression: int
    offset: int
    per_metre: tuple[int, int]
    masks: tuple[int, ...]
    lost: tuple[str, ...]
    palette: NDArray[np.uint8]
    palette_offset: int


def read_header(file: IO[bytes]) -> Picture:
    """Describe a BMP. Raises `DataError` where it is malformed or cannot be taken as it is."""
    head = _read(file)
    height = abs(head.height)
    check_size(height, head.width)
    row_bytes = -(-head.width * head.bits // 32) * 4
    has_alpha = (head.compression, head.bits, head.masks) == (_FIELDS, 32, _BGRA)
    if head.compression == _RAW or has_alpha:
        there = file.seek(0, os.SEEK_END) - head.offset
        if there < height * row_bytes:
            raise DataError(f"the BMP is truncated: {there} bytes of {height * row_bytes}")
    elif (head.compression, head.bits) not in ((_RLE8, 8), (_RLE4, 4)):
        raise DataError(
            f"a BMP of {head.bits} bits with compression {head.compression}; save it as PNG"
        )
    chunks = [resolution_chunk(head.per_metre), (SAMPLES, b"")] if any(head.per_metre) else []
    if head.bits in (24, 32):
        decode = partial(
            _decode_colours, mode="RGBA" if has_alpha else "RGB",
            fourth=head.offset if head.bits == 32 and not has_alpha else None,
        )  # fmt: skip
        return Picture(
            height, head.width, 3 + has_alpha, np.dtype(np.uint8), 255, decode, head.lost,
            chunks=tuple(chunks),
        )  # fmt: skip
    if head.bits not in (1, 4, 8):
        raise DataError(f"a BMP of {head.bits} bits a pixel; save it as PNG")
    return _indexed(head, height, chunks)


def _read(file: IO[bytes]) -> _Head:
    start = file.read(14 + 124)
    if len(start) < 26:
        raise DataError(f"the BMP is truncated (offset {len(start)})")
    offset, length = struct.unpack_from("<II", start, 10)
    if length not in _HEADERS or len(start) < 14 + length:
        raise DataError(f"a BMP with a header of {length} bytes (offset 14)")
    if length == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", start, 18)
        compression, used, entry, per_metre = _RAW, 0, 3, (0, 0)
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", start, 18)
        *resolution, used = struct.unpack_from("<iiI", start, 38)
        entry, per_metre = 4, (max(0, resolution[0]), max(0, resolution[1]))
    count = min(used or 1 << bits, 1 << bits) if bits <= 8 else 0
    file.seek(14 + length)
    colours = file.read(count * entry)
    if len(colours) < count * entry:
        raise DataError("the BMP's palette is truncated")
    if colours and offset < 14 + length + len(colours):
        raise DataError(f"the BMP's palette reaches into its pixels (offset {offset})")
    palette = np.frombuffer(colours, np.uint8).reshape(-1, entry)[:, 2::-1]
    masks = struct.unpack_from("<IIII", start, 54) if length >= 56 else ()
    space = start[70:74] if length >= 108 else b""
    lost = (PROFILE,) if space in _PROFILES else ()
    return _Head(
        width, height, bits, compression, offset, per_metre, masks, lost, palette, 14 + length
    )


def _indexed(head: _Head, height: int, chunks: list[Chunk]) -> Picture:
    """A picture of indexes: of one bit, where its colours are black and white in this order; grey,
    where each colour is its index; else indexes with their palette."""
    colours = head.palette.tolist()
    at = head.palette_offset
    if head.bits == 1 and colours == _BLACK_AND_WHITE:
        return Picture(
            height, head.width, 1, np.dtype(np.bool_), 1, partial(_decode_bits, palette=at),
            head.lost, chunks=tuple(chunks),
        )  # fmt: skip
    decode = partial(_decode_indexes, palette=at)
    grey = np.arange(len(colours))[:, None].repeat(3, 1)
    if head.bits == 8 and np.array_equal(head.palette, grey):
        return Picture(
            height, head.width, 1, np.dtype(np.uint8), 255, decode, head.lost,
            chunks=tuple(chunks),
        )  # fmt: skip
    chunks = [*palette_chunks(head.palette, None), *(chunks or [(SAMPLES, b"")])]
    return Picture(
        height, head.width, 1, np.dtype(np.uint8), (1 << head.bits) - 1, decode,
        head.lost, indexed=True, chunks=tuple(chunks),
    )  # fmt: skip


def _decode_indexes(file: IO[bytes], palette: int) -> NDArray[np.uint8]:
    """Indexes of any depth, whose palette begins at the offset `palette`."""
    file.seek(0)
    content = io.BytesIO(file.read())
    content.seek(palette)
    content.write(_COLOURED)
    with pillow().open(content, formats=("BMP",)) as image:
        if image.mode != "P":
            raise DataError(f"Pillow gives mode {image.mode} for a BMP of indexes")
        samples: NDArray[np.uint8] = np.asarray(image)
    return samples


def _decode_bits(file: IO[bytes], palette: int) -> NDArray[np.bool_]:
    return np.not_equal(_decode_indexes(file, palette), 0)


def _decode_colours(file: IO[bytes], mode: str, fourth: int | None) -> NDArray[Any]:
    """Samples of 24 bits, or of 32; of those without alpha the fourth byte is looked at."""
    with pillow().open(file, formats=("BMP",)) as image:
        if image.mode != mode:
            raise DataError(f"Pillow gives mode {image.mode}, but the header says {mode}")
        samples: NDArray[Any] = np.asarray(image)
        if fourth is not None:
            file.seek(fourth)
            pixels = np.frombuffer(file.read(samples.size // 3 * 4), np.uint8)
            if pixels[3::4].any():
                raise DataError(
                    "its pixels have a fourth byte, which may be alpha: the BMP does not say; save"
                    " it as PNG"
                )
    return samples


def _matches(start: bytes) -> bool:
    return start.startswith(MAGIC) and int.from_bytes(start[14:18], "little") in _HEADERS


BMP = PictureFormat("BMP", (".bmp",), _matches, one_picture(read_header))
