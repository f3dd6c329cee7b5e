"""JPEG: refused, unless the pixels that one decoder makes of it are wanted. Pillow decodes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import (
    SAMPLES,
    Chunk,
    exif_chunk,
    profile_chunk,
    text_chunk,
    xmp_chunk,
)
from acncodec.images.formats.libraries import pillow
from acncodec.images.formats.picture import Picture, PictureFormat, check_size

MAGIC = b"\xff\xd8\xff"

_CHANNELS = {"L": 1, "RGB": 3}
_KEPT: dict[str, Callable[[bytes], Chunk]] = {
    "icc_profile": profile_chunk, "exif": exif_chunk, "xmp": xmp_chunk,
    "comment": partial(text_chunk, "Comment"),
}  # fmt: skip
_ADVICE = (
    "is JPEG, which we cannot take as it is: decoders give different pixels of it; JPEG XL packs"
    " such files without loss (`cjxl --lossless_jpeg=1`), and --decode-jpeg takes the pixels that"
    " libjpeg-turbo makes of it"
)


def read_headers(file: IO[bytes], lossy: bool) -> list[Picture]:
    """Describe a JPEG, if such are wanted. Raises `DataError` where they are not, and where it is
    malformed or neither grey nor RGB."""
    if not lossy:
        raise DataError(_ADVICE)
    with pillow().open(file, formats=("JPEG",)) as image:
        width, height = image.size
        check_size(height, width)
        mode = image.mode
        if mode not in _CHANNELS:
            raise DataError(f"a JPEG of mode {mode}; grey or RGB is what we can take")
        if getattr(image, "n_frames", 1) != 1:
            raise DataError(f"it holds {image.n_frames} pictures; save each as a file")
        chunks = _beside(image.info)
    return [
        Picture(
            height, width, _CHANNELS[mode], np.dtype(np.uint8), 255, partial(_decode, mode=mode),
            chunks=chunks, lossy=True,
        )
    ]  # fmt: skip


def _beside(info: dict[str, Any]) -> tuple[Chunk, ...]:
    """What is kept."""
    chunks = [make(info[name]) for name, make in _KEPT.items() if info.get(name)]
    return (*chunks, (SAMPLES, b"")) if chunks else ()


def _decode(file: IO[bytes], mode: str) -> NDArray[Any]:
    with pillow().open(file, formats=("JPEG",)) as image:
        if image.mode != mode:
            raise DataError(f"Pillow gives mode {image.mode}, but the header says {mode}")
        samples: NDArray[Any] = np.asarray(image)
    return samples


def _matches(start: bytes) -> bool:
    return start.startswith(MAGIC)


JPEG = PictureFormat("JPEG", (".jpg", ".jpeg", ".jpe"), _matches, read_headers)
