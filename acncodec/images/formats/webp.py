"""Lossless WebP: RGB, or RGBA (RFC 9649). Pillow decodes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.libraries import pillow
from acncodec.images.formats.picture import EXIF, PROFILE, TEXT, Picture, PictureFormat

_LOST = {b"ICCP": PROFILE, b"EXIF": EXIF, b"XMP ": TEXT}
_SIGNATURE = 0x2F
"""The byte before a lossless stream's sizes."""


def read_header(file: IO[bytes]) -> Picture:
    """Describe a WebP. Raises `DataError` where it is malformed, lossy or animated."""
    chunks = dict(_chunks(file))
    if b"ANIM" in chunks or b"ANMF" in chunks:
        raise DataError("it is animated, and may hold several pictures; save each as a file")
    if b"VP8 " in chunks:
        raise DataError(
            "it is a lossy WebP, of which decoders give different pixels; save it as PNG if those"
            " pixels are to be kept"
        )
    head = chunks.get(b"VP8L", b"")
    if len(head) < 5 or head[0] != _SIGNATURE:
        raise DataError("a WebP without a picture")
    (sizes,) = struct.unpack_from("<I", head, 1)
    width, height, has_alpha = 1 + (sizes & 0x3FFF), 1 + (sizes >> 14 & 0x3FFF), sizes >> 28 & 1
    decode = partial(_decode, mode="RGBA" if has_alpha else "RGB")
    lost = tuple(text for name, text in _LOST.items() if name in chunks)
    return Picture(height, width, 3 + has_alpha, np.dtype(np.uint8), 255, decode, lost)


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Name and first bytes of each chunk."""
    at = 12
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        yield name, file.read(min(length, 5))
        at += 8 + length + length % 2


def _decode(file: IO[bytes], mode: str) -> NDArray[Any]:
    with pillow().open(file, formats=("WEBP",)) as image:
        if image.mode != mode:
            raise DataError(f"Pillow gives mode {image.mode}, but the header says {mode}")
        samples: NDArray[Any] = np.asarray(image)
    return samples


def _matches(start: bytes) -> bool:
    return start[:4] == b"RIFF" and start[8:12] == b"WEBP"


WEBP = PictureFormat("WebP", (".webp",), _matches, read_header)
