"""What stands beside the samples of a page."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest

from acncodec.images.formats.chunks import SAMPLES
from acncodec.images.formats.picture import EXIF, PROFILE
from acncodec.images.formats.tiff import read_headers
from acncodec.images.formats.tiff_tags import TAGS

tifffile = pytest.importorskip("tifffile")
pytest.importorskip("imagecodecs")
GREY = np.arange(20, dtype=np.uint8).reshape(4, 5)


def read(**options: Any) -> tuple[tuple[tuple[bytes, bytes], ...], tuple[str, ...]]:
    file = io.BytesIO()
    plain = {"photometric": "minisblack", "metadata": None, "software": False}
    tifffile.imwrite(file, GREY, **(plain | options))
    (picture,) = read_headers(file)
    return picture.chunks, picture.lost


def text(keyword: bytes, content: bytes) -> tuple[bytes, bytes]:
    return b"iTXt", keyword + bytes(5) + content


def test_nothing_is_said_where_nothing_is() -> None:
    assert read() == ((), ())


def test_text_is_kept_by_the_name_of_its_tag() -> None:
    chunks, lost = read(software="acn", description="two\0parts", datetime="2020:01:02 03:04:05")
    assert set(chunks) == {
        text(b"Software", b"acn"), text(b"DateTime", b"2020:01:02 03:04:05"),
        text(b"ImageDescription", b"two\nparts"), (SAMPLES, b""),
    }  # fmt: skip
    assert lost == ()


def test_resolution_profile_and_xmp_are_kept() -> None:
    chunks, lost = read(
        resolution=(254, 100), resolutionunit="inch",
        extratags=[(34675, 7, 7, b"profile", True), (700, 1, 4, b"<x/>", True)],
    )  # fmt: skip
    (icc, profile), *others = chunks
    assert icc == b"iCCP" and zlib.decompress(profile[13:]) == b"profile"
    assert others == [
        text(b"XML:com.adobe.xmp", b"<x/>"), (b"pHYs", struct.pack(">IIB", 10_000, 3937, 1)),
        (SAMPLES, b""),
    ]  # fmt: skip
    assert lost == ()
    assert read(resolution=(100, 200), resolutionunit="centimeter")[0][0] == (
        b"pHYs", struct.pack(">IIB", 10_000, 20_000, 1)
    )  # fmt: skip


def test_what_a_png_cannot_hold_is_named() -> None:
    tags = [(65000, 3, 1, 7, True), (65001, 3, 1, 7, True), (318, 5, 2, (1, 3, 1, 3), True)]
    assert read(extratags=tags) == ((), (PROFILE, TAGS))
    file = io.BytesIO()
    tifffile.imwrite(file, GREY, metadata=None, software=False, extratags=[(65000, 4, 1, 8, True)])
    entry = struct.pack("<HHII", 65000, 4, 1, 8)
    assert entry in file.getvalue()
    # tifffile writes no EXIF: its directory is here the first one of the file.
    exif = file.getvalue().replace(entry, struct.pack("<HHII", 34665, 4, 1, 8))
    assert [picture.lost for picture in read_headers(io.BytesIO(exif))] == [(EXIF,)]
