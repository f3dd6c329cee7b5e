"""What stands beside the samples of a picture, as chunks of a PNG."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from pictures import GREY, chunk, png

from acncodec.errors import DataError
from acncodec.images.formats.chunks import (
    PALETTE,
    SAMPLES,
    TRANSPARENT,
    exif_chunk,
    join_chunks,
    pack_chunk,
    palette_chunks,
    per_metre,
    profile_chunk,
    resolution_chunk,
    split_chunks,
    text_chunk,
    xmp_chunk,
)

CHUNKS = ((b"tEXt", b"a\0b"), (SAMPLES, b""), (b"zTXt", bytes(range(256))))


def test_a_list_comes_back_as_it_was() -> None:
    assert split_chunks(join_chunks(CHUNKS)) == CHUNKS
    assert split_chunks(b"") == ()
    assert pack_chunk(b"tEXt", b"a\0b") == chunk(b"tEXt", b"a\0b")


@pytest.mark.parametrize(
    ("joined", "message"),
    [
        (join_chunks(CHUNKS)[:-1], "chunk b'zTXt' beside a picture is truncated"),
        (join_chunks(CHUNKS) + b"\0\0\0", "are truncated"),
        (struct.pack(">I4s", 1 << 31, b"tEXt"), "is truncated"),
        (b"\0\0\0\0te t", "cannot be called"),
        (b"\0\0\0\0te\xe4t", "cannot be called"),
    ],
)
def test_what_is_no_list_is_refused(joined: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        split_chunks(joined)


def test_a_palette_ends_with_the_last_colour_that_is_not_opaque() -> None:
    colours = np.arange(12, dtype=np.uint8).reshape(4, 3)
    alpha = np.array([255, 9, 255, 255], np.uint8)
    assert palette_chunks(colours, alpha) == [
        (PALETTE, bytes(range(12))), (TRANSPARENT, b"\xff\x09")
    ]  # fmt: skip
    opaque = np.full(4, 255, np.uint8)
    assert palette_chunks(colours, None) == palette_chunks(colours, opaque)
    for count in (0, 257):
        with pytest.raises(DataError, match=f"palette of {count} colours"):
            palette_chunks(np.zeros((count, 3), np.uint8), None)


def test_pillow_finds_what_they_say() -> None:
    image = pytest.importorskip("PIL.Image")
    exif = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"  # an orientation of 6
    before = [
        profile_chunk(b"profile"), exif_chunk(b"Exif\0\0" + exif), xmp_chunk(b"<x/>"),
        text_chunk("Comment", "grün".encode()), text_chunk("Title", b"gr\xfcn\0two"),
        resolution_chunk([per_metre(72), per_metre(25.4)]),
    ]  # fmt: skip
    file = io.BytesIO(png(np.zeros((2, 3), np.uint8), 8, GREY, before))
    with image.open(file) as opened:
        opened.load()
        info = opened.info
        assert info["icc_profile"] == b"profile" and opened.getexif()[0x112] == 6
        assert info["xmp"] == b"<x/>" and info["Comment"] == "grün"
        assert info["Title"] == "grün\ntwo"
        assert info["dpi"] == pytest.approx((72, 25.4), abs=0.02)
    assert zlib.decompress(before[0][1].split(b"\0\0", 1)[1]) == b"profile"
