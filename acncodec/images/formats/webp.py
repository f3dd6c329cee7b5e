"""Lossless WebP: RGB, or RGBA (RFC 9649). Pillow decodes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import SAMPLES, exif_chunk, profile_chunk, xmp_chunk
from acncodec.images.formats.libraries import pillow
from acncodec.images.formats.picture import Picture, PictureFormat, check_size

_SIGNATURE = 0x2F
"""The byte before a lossless stream's sizes."""
_HEAD_BYTES = 10
_KEPT = {b"ICCP": profile_chunk, b"EXIF": exif_chunk, b"XMP ": xmp_chunk}
_ADVICE = (
    "it is a lossy WebP, of which decoders give different pixels: --decode-jpeg takes those that"
    " libwebp makes of it"
)


def read_headers(file: IO[bytes], lossy: bool) -> list[Picture]:
    """Describe a WebP. Raises `DataError` where it is malformed or animated, and where it is lossy
    unless that is wanted."""
    found = dict(_read_chunks(file))
    if b"ANIM" in found or b"ANMF" in found:
        raise DataError("it is animated, and may hold several pictures; save each as a file")
    is_lossy = b"VP8 " in found
    if is_lossy and not lossy:
        raise DataError(_ADVICE)
    sizes = _lossy_sizes(found) if is_lossy else _lossless_sizes(found)
    height, width, has_alpha = sizes
    decode = partial(_decode, mode="RGBA" if has_alpha else "RGB")
    kept = [make(found[name]) for name, make in _KEPT.items() if name in found]
    return [
        Picture(
            height, width, 3 + has_alpha, np.dtype(np.uint8), 255, decode,
            chunks=(*kept, (SAMPLES, b"")) if kept else (), lossy=is_lossy,
        )
    ]  # fmt: skip


def _lossless_sizes(found: dict[bytes, bytes]) -> tuple[int, int, int]:
    """Height, width, and whether there is alpha."""
    head = found.get(b"VP8L", b"")
    if len(head) < 5 or head[0] != _SIGNATURE:
        raise DataError("a WebP without a picture")
    (sizes,) = struct.unpack_from("<I", head, 1)
    return 1 + (sizes >> 14 & 0x3FFF), 1 + (sizes & 0x3FFF), sizes >> 28 & 1


def _lossy_sizes(found: dict[bytes, bytes]) -> tuple[int, int, int]:
    """Height, width, and whether there is alpha: in a chunk of its own."""
    head = found[b"VP8 "]
    if len(head) < _HEAD_BYTES or head[3:6] != b"\x9d\x01\x2a":
        raise DataError("a WebP without a picture")
    width, height = struct.unpack_from("<HH", head, 6)
    check_size(height & 0x3FFF, width & 0x3FFF)
    return height & 0x3FFF, width & 0x3FFF, int(b"ALPH" in found)


def _read_chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each chunk, of pictures only their beginning."""
    at = 12
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        content = file.read(length if name in _KEPT else min(length, _HEAD_BYTES))
        if name in _KEPT and len(content) < length:
            raise DataError(f"the WebP is truncated (offset {at + 8 + len(content)})")
        yield name, content
        at += 8 + length + length % 2


def _decode(file: IO[bytes], mode: str) -> NDArray[Any]:
    with pillow().open(file, formats=("WEBP",)) as image:
        if image.mode != mode:
            raise DataError(f"Pillow gives mode {image.mode}, but the header says {mode}")
        samples: NDArray[Any] = np.asarray(image)
    return samples


def _matches(start: bytes) -> bool:
    return start[:4] == b"RIFF" and start[8:12] == b"WEBP"


WEBP = PictureFormat("WebP", (".webp",), _matches, read_headers)
