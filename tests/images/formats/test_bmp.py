"""BMP: what its header says, and never three bytes of four."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import bmp

from acncodec.errors import DataError
from acncodec.images.formats.bmp import read_header
from acncodec.images.formats.chunks import PALETTE, SAMPLES
from acncodec.images.formats.picture import PROFILE, Picture, read_samples

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(2)
INDEXES = RNG.integers(0, 2, (4, 8), np.uint8)
BLACK, WHITE = b"\0\0\0\0", b"\xff\xff\xff\0"


def read(data: bytes) -> tuple[Picture, NDArray[Any]]:
    file = io.BytesIO(data)
    picture = read_header(file)
    return picture, read_samples(file, picture)


def rows(samples: NDArray[np.uint8]) -> bytes:
    """Rows of a multiple of four bytes, the lowest first."""
    return np.ascontiguousarray(samples[::-1]).tobytes()


def one_bit(palette: bytes) -> bytes:
    packed = np.pad(np.packbits(INDEXES, axis=1), ((0, 0), (0, 3)))
    return bmp(rows(packed), 8, 4, 1, palette)


def reaching_in(data: bytes) -> bytes:
    """The pixels begin where the palette does."""
    return data[:10] + struct.pack("<I", 54) + data[14:]


def test_one_bit_is_black_and_white_in_this_order() -> None:
    picture, found = read(one_bit(BLACK + WHITE))
    assert found.dtype == np.bool_ and picture.chunks == ()
    assert np.array_equal(found, INDEXES == 1)
    picture, found = read(one_bit(WHITE + BLACK))
    assert picture.mode.name == "P;1"
    assert picture.chunks == ((PALETTE, b"\xff\xff\xff\0\0\0"), (SAMPLES, b""))
    assert np.array_equal(found, INDEXES)


def test_grey_and_palettes() -> None:
    indexes = RNG.integers(0, 256, (4, 8), np.uint8)
    grey = np.arange(256, dtype=np.uint8)[:, None].repeat(4, 1)
    grey[:, 3] = 0
    picture, found = read(bmp(rows(indexes), 8, 4, 8, grey.tobytes()))
    assert picture.mode.name == "L" and np.array_equal(found, indexes)
    falling = np.ascontiguousarray(grey[::-1])
    picture, found = read(bmp(rows(indexes), 8, 4, 8, falling.tobytes()))
    assert picture.mode.name == "P" and np.array_equal(found, indexes)
    assert picture.chunks[0] == (PALETTE, falling[:, :3].tobytes())
    four = indexes[:, :4]
    picture, found = read(bmp(rows(four), 8, 4, 4, grey[::17].tobytes()))
    assert picture.mode.name == "P;4"
    assert np.array_equal(found, np.stack([four >> 4, four & 15], 2).reshape(4, 8))
    red = b"\0\0\xff\0"  # blue, green, red
    assert read(one_bit(BLACK + red))[0].chunks[0] == (PALETTE, b"\0\0\0\xff\0\0")


@pytest.mark.parametrize(
    ("bits", "compressed"), [(1, False), (4, False), (4, True), (8, False), (8, True)]
)
@pytest.mark.parametrize("colours", [[0, 255], [0, 1], [0, 1, 2], [*range(16)], [0, 128, 255]])
def test_indexes_are_kept_whatever_greys_they_stand_for(
    bits: int, compressed: bool, colours: list[int]
) -> None:
    colours = colours[: 1 << bits]
    indexes = RNG.integers(0, len(colours), (4, 8), np.uint8)
    packed = indexes if bits == 8 else indexes[:, ::2] << 4 | indexes[:, 1::2]
    palette = b"".join(bytes([grey, grey, grey, 0]) for grey in colours)
    if compressed:
        runs = [b"".join(bytes([1, i << 8 - bits]) for i in row) for row in indexes[::-1].tolist()]
        data = bmp(b"\0\0".join(runs) + b"\0\1", 8, 4, bits, palette, compression=bits // 4 ^ 3)
    elif bits == 1:
        data = bmp(rows(np.pad(np.packbits(indexes, axis=1), ((0, 0), (0, 3)))), 8, 4, 1, palette)
    else:
        data = bmp(rows(packed), 8, 4, bits, palette)
    assert np.array_equal(read(data)[1], indexes)


def test_a_resolution_is_kept() -> None:
    file = io.BytesIO()
    Image.new("RGB", (5, 4)).save(file, "BMP", dpi=(254, 508))
    picture = read(file.getvalue())[0]
    assert picture.chunks == ((b"pHYs", b"\0\0\x27\x10\0\0\x4e\x20\1"), (SAMPLES, b""))


def test_colours_and_a_fourth_byte() -> None:
    pixels = RNG.integers(0, 256, (4, 8, 4), np.uint8)
    assert np.array_equal(read(bmp(rows(pixels[..., :3]), 8, 4, 24))[1], pixels[..., 2::-1])
    with pytest.raises(DataError, match=r"fourth byte.*PNG"):
        read(bmp(rows(pixels), 8, 4, 32))
    pixels[..., 3] = 0
    assert np.array_equal(read(bmp(rows(pixels), 8, 4, 32))[1], pixels[..., 2::-1])
    # Pillow writes RGBA as four bytes and reads RGB back.
    file = io.BytesIO()
    Image.new("RGBA", (5, 4), (1, 2, 3, 4)).save(file, "BMP")
    with pytest.raises(DataError, match="fourth byte"):
        read(file.getvalue())


BGRA = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)


@pytest.mark.parametrize("length", [56, 108, 124])
def test_alpha_is_kept_where_the_header_says_so(length: int) -> None:
    pixels = RNG.integers(0, 256, (4, 8, 4), np.uint8)
    picture, found = read(with_masks(length, BGRA, pixels))
    assert (picture.mode.name, picture.lost) == ("RGBA", ())
    assert np.array_equal(found, pixels[..., [2, 1, 0, 3]])
    with pytest.raises(DataError, match="32 bits with compression 3"):
        read(with_masks(length, (0xFF, 0xFF00, 0xFF0000, 0xFF000000), pixels))


def test_a_profile_is_named() -> None:
    pixels = RNG.integers(0, 256, (4, 8, 4), np.uint8)
    assert read(with_masks(124, BGRA, pixels, b"DEBM"))[0].lost == (PROFILE,)


def with_masks(
    length: int, masks: tuple[int, ...], pixels: NDArray[np.uint8], space: bytes = b"BGRs"
) -> bytes:
    """A BMP of 32 bits with a later header, which has masks and names the colours' space."""
    data = bmp(rows(pixels), 8, 4, 32, compression=3)
    more = struct.pack("<IIII", *masks) + space
    head = struct.pack("<I", length) + data[18:54] + more.ljust(length - 40, b"\0")
    start = struct.pack("<IHHI", 14 + length + pixels.size, 0, 0, 14 + length)
    return b"BM" + start + head[:length] + data[54:]


def test_the_topmost_row_may_come_first() -> None:
    pixels = RNG.integers(0, 256, (4, 8, 3), np.uint8)
    found = read(bmp(pixels.tobytes(), 8, -4, 24))[1]
    assert np.array_equal(found, pixels[..., ::-1])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (bmp(bytes(64), 8, 4, 16), "16 bits a pixel"),
        (bmp(bytes(128), 8, 4, 32, compression=3), "compression 3"),
        (bmp(bytes(127), 8, 4, 32), "truncated: 127 bytes of 128"),
        (bmp(bytes(32), 8, 0, 8, bytes(1024)), "8 x 0 pixels"),
        (bmp(b"", 8, -(1 << 31), 8, bytes(1024)), "truncated"),
        (bmp(bytes(32), 8, 4, 8)[:60], "palette is truncated"),
        (reaching_in(bmp(bytes(32), 8, 4, 8, bytes(1024))), "reaches into its pixels"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "truncated"),
        (b"BM" + bytes(12) + b"\x29\0\0\0" + bytes(40), "header of 41 bytes"),
    ],
)
def test_malformed_or_of_another_kind(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(data)
