"""PNG of every colour type and depth: the samples that are stored, or a refusal."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import GREY, GREY_ALPHA, INDEXED, RGB, RGBA, chunk, png

from acncodec.errors import DataError
from acncodec.images.formats.chunks import PALETTE, SAMPLES, TRANSPARENT
from acncodec.images.formats.picture import Picture, read_samples
from acncodec.images.formats.pictures import naming_picture
from acncodec.images.formats.png import read_header

pytest.importorskip("PIL.Image")
CHANNELS = {GREY: 1, RGB: 3, INDEXED: 1, GREY_ALPHA: 2, RGBA: 4}


def noise(bits: int, channels: int, size: tuple[int, int] = (7, 5)) -> NDArray[Any]:
    shape = size if channels == 1 else (*size, channels)
    rng = np.random.default_rng(bits + channels)
    samples = rng.integers(0, 1 << bits, shape).astype(np.uint16 if bits == 16 else np.uint8)
    samples.flat[:2] = (1 << bits) - 1, 0
    return samples


def read(data: bytes) -> tuple[Picture, NDArray[Any]]:
    file = io.BytesIO(data)
    picture = read_header(file)
    return picture, read_samples(file, picture)


@pytest.mark.parametrize(
    ("colour", "bits"),
    [
        *((GREY, bits) for bits in (1, 2, 4, 8, 16)),
        *((colour, bits) for colour in (RGB, GREY_ALPHA, RGBA) for bits in (8, 16)),
    ],
)
def test_samples_come_as_they_are_stored(colour: int, bits: int) -> None:
    if bits == 16 and colour != GREY:
        pytest.importorskip("imagecodecs")
    samples = noise(bits, CHANNELS[colour])
    picture, found = read(png(samples, bits, colour))
    assert (picture.height, picture.width, picture.channels) == (7, 5, CHANNELS[colour])
    assert (picture.maximum, picture.lost, picture.chunks) == ((1 << bits) - 1, (), ())
    assert found.dtype == (np.bool_ if bits == 1 else samples.dtype)
    assert found.dtype.isnative and found.flags.c_contiguous
    assert np.array_equal(found, samples)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_indexes_come_with_their_palette(bits: int) -> None:
    indexes = noise(bits, 1)
    palette = np.random.default_rng(9).integers(0, 256, (1 << bits, 3), np.uint8)
    colours, alpha = (PALETTE, palette.tobytes()), (TRANSPARENT, b"\7")
    for chunks in ([colours], [colours, alpha]):
        picture, found = read(png(indexes, bits, INDEXED, chunks))
        assert picture.mode.name == (f"P;{bits}" if bits < 8 else "P")
        assert picture.chunks == (*chunks, (SAMPLES, b""))
        assert found.dtype == np.uint8 and np.array_equal(found, indexes)


def test_indexes_without_a_colour_are_kept() -> None:
    indexes = np.array([[0, 3, 255]], np.uint8)
    assert np.array_equal(read(png(indexes, 8, INDEXED, [(PALETTE, bytes(6))]))[1], indexes)


@pytest.mark.parametrize("bits", [1, 8, 16])
@pytest.mark.parametrize(("colour", "key"), [(GREY, b"\0\1"), (RGB, b"\0\1\0\2\0\3")])
def test_a_transparent_colour_is_kept_beside_the_samples(
    bits: int, colour: int, key: bytes
) -> None:
    if (bits, colour) == (1, RGB):
        pytest.skip("there is no RGB of one bit")
    samples = noise(bits, CHANNELS[colour])
    picture, found = read(png(samples, bits, colour, [(TRANSPARENT, key)]))
    assert picture.chunks == ((TRANSPARENT, key), (SAMPLES, b""))
    assert np.array_equal(found, samples)


def test_an_animation_is_refused_and_one_frame_is_not() -> None:
    samples = noise(8, 1)
    for frames, refused in ((2, True), (1, False)):
        data = png(samples, 8, GREY, [(b"acTL", struct.pack(">II", frames, 0))])
        if refused:
            with pytest.raises(DataError, match="several pictures"):
                read_header(io.BytesIO(data))
        else:
            assert np.array_equal(read(data)[1], samples)
    second = [(b"fdAT", b"\0\0\0\0 more")]
    data = png(samples, 8, GREY, [(b"acTL", struct.pack(">II", 1, 0))], second)
    with pytest.raises(DataError, match="several pictures"):
        read_header(io.BytesIO(data))


def test_every_chunk_is_kept_where_it_stood() -> None:
    samples = noise(8, 1)
    before = [(b"gAMA", struct.pack(">I", 45455)), (b"tEXt", b"a\0b"), (b"pHYs", bytes(9))]
    after = [(b"eXIf", b"MM\0*\0\0\0\x08\0\0"), (b"zTXt", b"a\0\0"), (b"prIv", b"?")]
    picture, found = read(png(samples, 8, GREY, before, after))
    assert picture.chunks == (*before, (SAMPLES, b""), *after)
    assert picture.lost == ()
    assert np.array_equal(found, samples)


WHOLE = png(noise(8, 1), 8, GREY)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def header(width: int, height: int, bits: int = 8, colour: int = GREY) -> bytes:
    return SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (WHOLE[:-12], "truncated"),
        (WHOLE[:30], "truncated|damaged"),
        (SIGNATURE, "truncated"),
        (SIGNATURE + chunk(b"IEND", b""), "without a header"),
        (WHOLE[:20] + b"\x09" + WHOLE[21:], "b'IHDR' is damaged"),
        (header(0, 5) + chunk(b"IEND", b""), "5 pixels"),
        (header(5, 5, bits=3) + chunk(b"IEND", b""), "3 bits"),
        (header(5, 5, bits=4, colour=RGB) + chunk(b"IEND", b""), "type 2 and 4 bits"),
        (header(12_000, 12_000) + chunk(b"IEND", b""), "cannot hold"),
        (header(5, 5, colour=INDEXED) + chunk(b"IDAT", bytes(9)) + chunk(b"IEND", b""), "palette"),
        (
            header(5, 5, colour=INDEXED)
            + chunk(b"PLTE", bytes(3000))
            + chunk(b"IDAT", bytes(9))
            + chunk(b"IEND", b""),
            "3000 bytes",
        ),
        (header(5, 5) + chunk(b"ABCD", b"") + chunk(b"IEND", b""), "b'ABCD' is none we know"),
        (png(noise(8, 1), 8, GREY, [(b"tEXt", b"hello")]).replace(b"hello", b"hallo"), "damaged"),
    ],
)
def test_malformed(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_header(io.BytesIO(data))


@pytest.mark.parametrize(("colour", "bits"), [(RGB, 16), (RGB, 8), (GREY, 16), (GREY, 2)])
def test_damaged_pixels_are_an_error(colour: int, bits: int) -> None:
    pytest.importorskip("imagecodecs")
    data = bytearray(png(noise(bits, CHANNELS[colour], (40, 40)), bits, colour))
    data[-40] ^= 255  # within the deflate stream
    with pytest.raises(DataError), naming_picture("a.png"):
        read(bytes(data))


@pytest.mark.parametrize(
    ("colour", "bits"), [(RGB, 16), (RGB, 8), (GREY, 16), (GREY, 8), (GREY, 2)]
)
def test_samples_are_compared_with_their_crc(colour: int, bits: int) -> None:
    pytest.importorskip("imagecodecs")
    data = bytearray(png(noise(bits, CHANNELS[colour], (9, 9)), bits, colour))
    data[-13] ^= 1  # the last of the samples' CRC, before an empty IEND
    with pytest.raises(DataError, match=r"CRC|damaged"), naming_picture("a.png"):
        read(bytes(data))
