"""TIFF: grey of 1, 8 or 16 bits, and RGB of 8 or 16, each with alpha or without.

tifffile decodes: Pillow gives other values for planes of 16 bits, signed samples and more. Samples
are taken as they are stored, but for grey whose zero is white, which is turned so that white is
the greatest value; the orientation turns nothing.
"""

from __future__ import annotations

import math
import os
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.libraries import tifffile
from acncodec.images.formats.picture import (
    EXIF,
    ORIENTATION,
    PROFILE,
    TEXT,
    Picture,
    PictureFormat,
    check_size,
)
from acncodec.images.reading import check_inflation

MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_LOSSLESS = {
    1: "none", 2: "CCITT RLE", 3: "CCITT group 3", 4: "CCITT group 4", 5: "LZW", 8: "deflate",
    32773: "PackBits", 32946: "deflate", 34925: "LZMA", 34926: "Zstandard", 50000: "Zstandard",
}  # fmt: skip
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3}
_ASSOCIATED_ALPHA = 1
_UNSIGNED = 1
_DESCRIPTION, _ORIENTATION, _XMP, _PROFILE, _EXIF = 270, 274, 700, 34675, 34665
_LOST = {_DESCRIPTION: TEXT, _XMP: TEXT, _PROFILE: PROFILE, _EXIF: EXIF}
_TYPES = {1: np.bool_, 8: np.uint8, 16: np.uint16}


def read_header(file: IO[bytes]) -> Picture:
    """Describe a TIFF. Raises `DataError` where it is malformed or cannot be taken as it is."""
    with tifffile().TiffFile(file) as tiff:
        if len(tiff.pages) != 1 or tiff.pages[0].subifds:
            raise DataError("it holds several pictures; save each as a file")
        page = tiff.pages[0]
        _check_samples(page)
        check_size(page.imagelength, page.imagewidth)
        channels, bits = int(page.samplesperpixel), int(page.bitspersample)
        tags = {tag.code: tag.value for tag in page.tags}
        picture = Picture(
            int(page.imagelength), int(page.imagewidth), channels, np.dtype(_TYPES[bits]),
            (1 << bits) - 1,
            partial(_decode, planes=int(page.planarconfig) == 2 and channels > 1,
                    inverted=int(page.photometric) == _WHITE_IS_ZERO),
            _lost(tags),
        )  # fmt: skip
        there = _packed_bytes(page, file.seek(0, os.SEEK_END))
    check_inflation(there, -(-picture.nbytes // (8 if bits == 1 else 1)), "the TIFF")
    return picture


def _check_samples(page: Any) -> None:
    """Refuse what would come back as other values."""
    if int(page.compression) not in _LOSSLESS:
        raise DataError(
            f"its compression ({page.compression!r}) may be lossy; save it as PNG or with deflate"
        )
    if int(page.photometric) not in _COLOURS:
        raise DataError(f"a TIFF of {page.photometric!r}; grey or RGB is what we can take")
    if int(page.sampleformat) != _UNSIGNED or page.bitspersample not in _TYPES:
        raise DataError(
            f"a TIFF of {page.bitspersample} bits a sample, sample format {page.sampleformat};"
            " unsigned integers of 1, 8 or 16 bits are what we can take"
        )
    if page.imagedepth != 1:
        raise DataError("a TIFF of several slices; save each as a file")
    extra = int(page.samplesperpixel) - _COLOURS[int(page.photometric)]
    if extra not in (0, 1) or (extra and int(page.bitspersample) == 1):
        raise DataError(f"a TIFF of {page.samplesperpixel} samples a pixel")
    if _ASSOCIATED_ALPHA in page.extrasamples:
        raise DataError("its colours are multiplied by alpha; save it as PNG")


def _packed_bytes(page: Any, size: int) -> int:
    """Bytes of all strips or tiles. Raises `DataError` where one is missing, or beyond the end of
    the file: tifffile would make it zeros, and say nothing."""
    places = list(zip(page.dataoffsets, page.databytecounts, strict=False))
    if len(places) != math.prod(page.chunked) or len(page.dataoffsets) != len(page.databytecounts):
        raise DataError(f"a TIFF with {len(places)} of {math.prod(page.chunked)} parts")
    for offset, count in places:
        if offset < 1 or count < 1 or offset + count > size:
            raise DataError(f"a part of the TIFF is missing (offset {offset})")
    return sum(count for _, count in places)


def _lost(tags: dict[int, Any]) -> tuple[str, ...]:
    turned = (ORIENTATION,) if tags.get(_ORIENTATION, 1) != 1 else ()
    return (*dict.fromkeys(text for code, text in _LOST.items() if code in tags), *turned)


def _decode(file: IO[bytes], planes: bool, inverted: bool) -> NDArray[Any]:
    with tifffile().TiffFile(file) as tiff:
        samples: NDArray[Any] = np.asarray(tiff.pages[0].asarray())
    if planes:
        samples = np.moveaxis(samples, 0, -1)
    if inverted:
        grey = samples if samples.ndim == 2 else samples[..., 0]
        turned = ~grey  # of unsigned integers: the greatest value less this one
        samples = turned if samples.ndim == 2 else np.stack([turned, samples[..., 1]], -1)
    return samples


def _matches(start: bytes) -> bool:
    return start.startswith(MAGICS)


TIFF = PictureFormat("TIFF", (".tif", ".tiff"), _matches, read_header)
