"""What a picture is written as."""

from __future__ import annotations

import io

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.modes import Mode
from acncodec.images.formats.picture import read_samples
from acncodec.images.formats.pictures import read_headers
from acncodec.images.picture_file import encode_picture, file_name
from acncodec.images.picture_side import PictureSide

pytest.importorskip("imagecodecs")
TEXT = ((b"tEXt", b"a\0b"), (b"IDAT", b""))
PALETTE = ((b"PLTE", bytes(768)), (b"IDAT", b""))


@pytest.mark.parametrize(
    ("name", "mode", "chunks", "written", "start"),
    [
        ("a/b.png", "RGB;16", TEXT, "a/b.png", b"\x89PNG"),
        ("a/B.PNG", "1", (), "a/B.PNG", b"\x89PNG"),
        ("a.gif", "P", PALETTE, "a.gif.png", b"\x89PNG"),
        ("a.tif", "I;16", (), "a.tif.png", b"\x89PNG"),
        ("a.png/b", "L", (), "a.png/b.png", b"\x89PNG"),
        ("a.pgm", "L/100", (), "a.pgm", b"P5"),
        ("a.ppm", "RGB;16", (), "a.ppm", b"P6"),
        ("a.PBM", "1", (), "a.PBM", b"P4"),
        ("a.pnm", "L", TEXT, "a.pnm.png", b"\x89PNG"),
        ("a.pgm", "RGBA", (), "a.pgm.png", b"\x89PNG"),
        ("a.png", "L/100", (), "a.png.pgm", b"P5"),
        ("a", "RGB/9", (), "a.ppm", b"P6"),
    ],
)
def test_a_file_is_what_its_name_says(
    name: str, mode: str, chunks: tuple[tuple[bytes, bytes], ...], written: str, start: bytes
) -> None:
    side = PictureSide(name, Mode.parse(mode), chunks)
    assert file_name(side) == written
    channels = side.mode.channels
    shape = (4, 5) if channels == 1 else (4, 5, channels)
    samples = np.random.default_rng(2).integers(0, side.mode.maximum + 1, shape)
    samples = samples.astype(side.mode.dtype)
    data = encode_picture(side, samples)
    assert data.startswith(start)
    (picture,) = read_headers(io.BytesIO(data))
    assert (picture.mode, picture.chunks) == (side.mode, chunks)
    assert np.array_equal(read_samples(io.BytesIO(data), picture), samples)


def test_what_no_file_holds_is_refused() -> None:
    side = PictureSide("a.pgm", Mode(2, np.dtype(np.uint8), 100))
    with pytest.raises(DataError, match="mode LA/100"):
        encode_picture(side, np.zeros((2, 3, 2), np.uint8))
    side = PictureSide("a.pgm", Mode.parse("L/100"), TEXT)
    with pytest.raises(DataError, match="mode L/100"):
        encode_picture(side, np.zeros((2, 3), np.uint8))
