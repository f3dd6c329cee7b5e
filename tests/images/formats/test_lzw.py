"""Strips packed by LZW are looked at before they are unpacked."""

from __future__ import annotations

import io

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.lzw import check_lzw
from acncodec.images.formats.picture import read_samples
from acncodec.images.formats.tiff import read_headers

imagecodecs = pytest.importorskip("imagecodecs")
Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(1)


@pytest.mark.parametrize("levels", [1, 2, 20, 256])
@pytest.mark.parametrize("count", [1, 2, 400, 30_000])
def test_what_an_encoder_writes_is_good(levels: int, count: int) -> None:
    raw = RNG.integers(0, levels, count).astype(np.uint8).tobytes()
    check_lzw(imagecodecs.lzw_encode(raw))


@pytest.mark.parametrize("levels", [2, 256])
def test_what_libtiff_writes_is_good(levels: int) -> None:
    samples = RNG.integers(0, levels, (200, 300)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(samples).save(file, "TIFF", compression="tiff_lzw")
    (picture,) = read_headers(file)
    assert np.array_equal(read_samples(file, picture), samples)


def codes(*numbers: int) -> bytes:
    """Codes of nine bits."""
    bits = "".join(f"{number:09b}" for number in numbers)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def test_a_code_may_name_the_string_that_it_makes() -> None:
    check_lzw(codes(256, 7, 258, 259, 7, 257))
    assert imagecodecs.lzw_decode(codes(256, 7, 258, 259, 7, 257), out=7) == bytes([7] * 7)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "begin with a clear code"),
        (codes(7, 8), "begin with a clear code"),
        (codes(256, 258), "not there"),
        (codes(256, 7, 259), "not there"),
        (codes(256, 7, 258, 260, 257), "not there"),
        (codes(256, 7, 258, 256, 258), "not there"),
        (codes(256, *[7] * 253, *[0] * 5000), "more strings"),
    ],
)
def test_a_string_that_is_not_there_is_an_error(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_lzw(data)


def test_a_tiff_of_such_strips_is_an_error() -> None:
    file = io.BytesIO()
    Image.fromarray(RNG.integers(0, 9, (20, 30)).astype(np.uint8)).save(
        file, "TIFF", compression="tiff_lzw"
    )
    data = bytearray(file.getvalue())
    at = data.index(b"\x80")  # where the strip begins, with a clear code
    data[at + 1 : at + 5] = b"\x7f\xff\xff\xff"
    (picture,) = read_headers(io.BytesIO(data))
    with pytest.raises(DataError, match="LZW with a string"):
        read_samples(io.BytesIO(data), picture)
