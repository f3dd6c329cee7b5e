"""TIFF: grey and palettes of up to 16 bits, and RGB of 8 or 16, with alpha or without; each page.

tifffile decodes: Pillow gives other values for planes of 16 bits, signed samples and more. Samples
are taken as they are stored, but for grey whose zero is white, which is turned so that white is
the greatest value; the orientation turns nothing. What stands beside them is in `tiff_tags`.
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
from acncodec.images.formats.lzw import check_lzw
from acncodec.images.formats.picture import MEANING, Picture, PictureFormat, check_size
from acncodec.images.formats.tiff_tags import read_tags
from acncodec.images.reading import check_inflation

MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_LOSSLESS = {
    1: "none", 2: "CCITT RLE", 3: "CCITT group 3", 4: "CCITT group 4", 5: "LZW", 8: "deflate",
    32773: "PackBits", 32946: "deflate", 34925: "LZMA", 34926: "Zstandard", 50000: "Zstandard",
}  # fmt: skip
_LZW = 5
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _INDEXED = 0, 1, 2, 3
_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _INDEXED: 1}
_UNSPECIFIED, _ASSOCIATED_ALPHA = 0, 1
_UNSIGNED = 1
_DEPTHS = {
    _WHITE_IS_ZERO: (1, 2, 4, 8, 16), _BLACK_IS_ZERO: (1, 2, 4, 8, 16), _RGB: (8, 16),
    _INDEXED: (1, 2, 4, 8),
}  # fmt: skip


def read_headers(file: IO[bytes], _lossy: bool = False) -> list[Picture]:
    """Describe each page of a TIFF. Raises `DataError` where it is malformed, or cannot be taken
    as it is."""
    file.seek(0)
    with tifffile().TiffFile(file) as tiff:
        size = file.seek(0, os.SEEK_END)
        pages = _list_pages(tiff)
        return [_read_page(page, index, size) for index, page in enumerate(pages)]


def _list_pages(tiff: Any) -> list[Any]:
    """All pages. Raises `DataError` where they go in a circle, which tifffile would follow, and for
    pictures that are not pages: of such a file only some would be read."""
    pages: list[Any] = []
    offsets = set()
    for page in tiff.pages:
        if page.offset in offsets:
            raise DataError(f"its pages go in a circle (offset {page.offset})")
        if page.subifds:
            raise DataError("its pages hold further pictures; save each as a page, or as a file")
        offsets.add(page.offset)
        pages.append(page)
    if pages and _next_offset(tiff):
        raise DataError("its list of pages leads out of the file, which may be cut off")
    if tiff.is_imagej or tiff.is_shaped or tiff.is_stk:
        samples = sum(math.prod(series.shape) for series in tiff.series)
        if samples != sum(math.prod(page.shape) for page in pages):
            raise DataError("it holds pictures without pages of their own; save each as a page")
    return pages


def _next_offset(tiff: Any) -> int:
    """Where the last page says that a further one is: 0, unless it is beyond the file."""
    file = tiff.filehandle
    file.seek(tiff.pages.next_page_offset)
    return int.from_bytes(
        file.read(tiff.tiff.offsetsize), "little" if tiff.byteorder == "<" else "big"
    )


def _read_page(page: Any, index: int, size: int) -> Picture:
    _check_samples(page)
    check_size(page.imagelength, page.imagewidth)
    channels, bits = int(page.samplesperpixel), int(page.bitspersample)
    colours = int(page.photometric)
    indexed, maximum = colours == _INDEXED, (1 << bits) - 1
    kind = np.uint16 if bits == 16 else np.bool_ if bits == 1 and not indexed else np.uint8
    chunks, lost = read_tags(page, palette=indexed)
    unspecified = channels > _COLOURS[colours] and _UNSPECIFIED in page.extrasamples
    decode = partial(
        _decode, index=index, dtype=np.dtype(kind), white=maximum,
        planes=int(page.planarconfig) == 2 and channels > 1, inverted=colours == _WHITE_IS_ZERO,
    )  # fmt: skip
    picture = Picture(
        int(page.imagelength), int(page.imagewidth), channels, np.dtype(kind), maximum, decode,
        (*lost, *((MEANING,) if unspecified else ())), indexed, chunks,
    )  # fmt: skip
    rows = picture.height * -(-picture.width * channels * bits // 8)
    check_inflation(_packed_bytes(page, size), rows, "the TIFF")
    return picture


def _check_samples(page: Any) -> None:
    """Refuse what would come back as other values."""
    if int(page.compression) not in _LOSSLESS:
        raise DataError(
            f"its compression ({page.compression!r}) may be lossy; save it as PNG or with deflate"
        )
    if int(page.compression) == _LZW and int(page.fillorder) != 1:
        raise DataError("LZW with its bits in reverse; save it as PNG")
    if int(page.photometric) not in _COLOURS:
        raise DataError(
            f"a TIFF of {page.photometric!r}; grey, RGB or a palette is what we can take"
        )
    depths = _DEPTHS[int(page.photometric)]
    if int(page.sampleformat) != _UNSIGNED or page.bitspersample not in depths:
        raise DataError(
            f"a TIFF of {page.bitspersample} bits a sample, sample format {page.sampleformat};"
            f" unsigned integers of {', '.join(map(str, depths))} bits are what we can take"
        )
    if page.imagedepth != 1:
        raise DataError("a TIFF of several slices; save each as a file")
    extra = int(page.samplesperpixel) - _COLOURS[int(page.photometric)]
    indexed = int(page.photometric) == _INDEXED
    if extra not in (0, 1) or (extra and (indexed or int(page.bitspersample) < 8)):
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


def _decode(
    file: IO[bytes], index: int, dtype: np.dtype[Any], white: int, planes: bool, inverted: bool
) -> NDArray[Any]:
    with tifffile().TiffFile(file) as tiff:
        page = tiff.pages[index]
        if int(page.compression) == _LZW:
            for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True):
                file.seek(offset)
                check_lzw(file.read(count))
        samples: NDArray[Any] = np.asarray(page.asarray())
    if samples.dtype == np.bool_:
        samples = samples.view(np.uint8).view(dtype) if dtype.itemsize == 1 else samples
    if planes:
        samples = np.moveaxis(samples, 0, -1)
    if inverted:
        grey = samples if samples.ndim == 2 else samples[..., 0]
        turned = ~grey if grey.dtype == np.bool_ else white - grey
        samples = turned if samples.ndim == 2 else np.stack([turned, samples[..., 1]], -1)
    return samples


def _matches(start: bytes) -> bool:
    return start.startswith(MAGICS)


TIFF = PictureFormat("TIFF", (".tif", ".tiff"), _matches, read_headers)
