"""PNM: PBM, PGM and PPM, as text or binary, of up to 16 bits (netpbm.sourceforge.net/doc).

Read here, for every library spreads samples over 0..255 or 0..65535, cuts some to 8 bits, and
reads the first of several pictures, of which a binary file may hold many. Samples are taken as
they are stored; a bit of PBM that is 0 is white, and True.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.picture import TEXT, Picture, PictureFormat, check_size

_MAX_HEADER_BYTES = 1 << 16
"""Comments may stand in a header, though not without end."""
_USUAL_HEADER_BYTES = 1 << 8
_GAP = rb"(?:\s|#[^\n\r]*[\n\r])"
_FIELD = _GAP + rb"+(\d{1,10})"
_HEADER = re.compile(rb"(?:P[14]" + _FIELD * 2 + rb"|P[2356]" + _FIELD * 3 + rb")\s")
"""One white space ends a header."""
_COMMENT = re.compile(rb"#[^\n\r]*")
_START = re.compile(rb"P[1-6](?:\s+\d|\s*#)")
_BITS = (b"P1", b"P4")
_TEXT = (b"P1", b"P2", b"P3")
_COLOUR = (b"P3", b"P6")


@dataclass(frozen=True)
class _Raster:
    """Where the samples begin, and what they are."""

    kind: bytes
    offset: int
    shape: tuple[int, ...]
    maximum: int
    commented: bool

    @property
    def dtype(self) -> np.dtype[Any]:
        if self.kind in _BITS:
            return np.dtype(np.bool_)
        return np.dtype(np.uint8 if self.maximum < 256 else np.uint16)

    @property
    def nbytes(self) -> int:
        """Bytes of the samples; of text the least there can be."""
        if self.kind in _TEXT:
            return math.prod(self.shape)
        if self.kind in _BITS:
            return self.shape[0] * -(-self.shape[1] // 8)
        return math.prod(self.shape) * self.dtype.itemsize


def read_headers(file: IO[bytes], _lossy: bool = False) -> list[Picture]:
    """Describe each PNM of a file. Raises `DataError` where one is malformed."""
    size = file.seek(0, os.SEEK_END)
    pictures, at = [], 0
    while at < size:
        file.seek(at)
        start = file.read(_USUAL_HEADER_BYTES)
        if _HEADER.match(start) is None:
            start += file.read(_MAX_HEADER_BYTES)
        raster = _read_raster(start, at)
        there = size - raster.offset
        if there < raster.nbytes:
            raise DataError(f"the PNM is truncated: {there} bytes where {raster.nbytes} must be")
        # Of pictures as text there is one: nothing but its numbers says where it ends.
        is_text = raster.kind in _TEXT
        decode = partial(_decode_text if is_text else _decode_binary, raster=raster)
        height, width, *colours = raster.shape
        pictures.append(
            Picture(
                height, width, colours[0] if colours else 1, raster.dtype, raster.maximum, decode,
                (TEXT,) if raster.commented else (),
            )
        )  # fmt: skip
        at = size if is_text else raster.offset + raster.nbytes
    return pictures


def _read_raster(start: bytes, at: int) -> _Raster:
    kind, header = start[:2], _HEADER.match(start)
    if header is None:
        raise DataError(f"a malformed PNM header (offset {at})")
    width, height, maximum = (*(int(field) for field in header.groups() if field), 1)[:3]
    check_size(height, width)
    if not 1 <= maximum <= 65_535:
        raise DataError(f"a PNM whose greatest value is {maximum}")
    shape = (height, width, 3) if kind in _COLOUR else (height, width)
    return _Raster(kind, at + header.end(), shape, maximum, b"#" in header.group())


def _decode_binary(file: IO[bytes], raster: _Raster) -> NDArray[Any]:
    file.seek(raster.offset)
    content = file.read(raster.nbytes)
    if raster.kind in _BITS:
        rows = np.frombuffer(content, np.uint8).reshape(raster.shape[0], -1)
        bits = np.unpackbits(rows, axis=1, count=raster.shape[1])
        return np.equal(bits, 0)
    samples: NDArray[Any] = np.frombuffer(content, raster.dtype.newbyteorder(">"))
    return samples.reshape(raster.shape)


def _decode_text(file: IO[bytes], raster: _Raster) -> NDArray[Any]:
    file.seek(raster.offset)
    content = _COMMENT.sub(b" ", file.read())
    # The digits of PBM need no white space between them.
    words = re.findall(rb"[01]|[^\s01]+", content) if raster.kind in _BITS else content.split()
    count = math.prod(raster.shape)
    if len(words) != count or not all(word.isdigit() for word in words):
        raise DataError(
            f"the PNM holds {len(words)} words where {count} numbers must be; of several pictures"
            " as text save each as a file"
        )
    samples = np.array([int(word[:10]) for word in words], np.int64).reshape(raster.shape)
    if int(samples.max()) > raster.maximum:
        raise DataError(f"a sample of {samples.max()}, above its maximum of {raster.maximum}")
    return samples == 0 if raster.kind in _BITS else samples.astype(raster.dtype)


def _matches(start: bytes) -> bool:
    return _START.match(start) is not None


PNM = PictureFormat("PNM", (".pgm", ".pbm", ".ppm", ".pnm"), _matches, read_headers)
