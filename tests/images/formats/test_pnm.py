"""PNM, text and binary: the samples that are stored, of one picture."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.picture import TEXT, Picture, read_samples
from acncodec.images.formats.pnm import read_headers

RNG = np.random.default_rng(0)


def read_header(file: io.BytesIO) -> Picture:
    (picture,) = read_headers(file)
    return picture


def read(data: bytes) -> NDArray[Any]:
    file = io.BytesIO(data)
    return read_samples(file, read_header(file))


def text(kind: str, samples: NDArray[Any], maximum: int | None) -> bytes:
    height, width = samples.shape[:2]
    head = f"{kind}\n# a comment\n{width} {height}\n" + (f"{maximum}\n" if maximum else "")
    return (head + " ".join(map(str, samples.ravel().tolist())) + "\n").encode()


def binary(kind: str, samples: NDArray[Any], maximum: int) -> bytes:
    height, width = samples.shape[:2]
    dtype = ">u2" if maximum > 255 else "u1"
    return f"{kind} {width}\t{height} #x\n{maximum}\n".encode() + samples.astype(dtype).tobytes()


@pytest.mark.parametrize("maximum", [1, 15, 100, 255, 256, 1000, 65_535])
@pytest.mark.parametrize("colours", [(), (3,)])
def test_samples_come_as_they_are_stored(maximum: int, colours: tuple[int, ...]) -> None:
    samples = RNG.integers(0, maximum + 1, (4, 7, *colours)).astype(np.uint16)
    kinds = ("P3", "P6") if colours else ("P2", "P5")
    for data in (text(kinds[0], samples, maximum), binary(kinds[1], samples, maximum)):
        found = read(data)
        assert found.dtype == (np.uint8 if maximum < 256 else np.uint16) and found.dtype.isnative
        assert np.array_equal(found, samples)
        assert read_header(io.BytesIO(data)).maximum == maximum


def test_a_bit_that_is_0_is_white() -> None:
    bits = RNG.integers(0, 2, (5, 11))
    packed = np.packbits(bits.astype(np.uint8), axis=1).tobytes()
    for data in (
        b"P4 11 5\n" + packed,
        text("P1", bits, None),
        b"P1\n11 5\n" + "".join(map(str, bits.ravel())).encode(),
    ):
        found = read(data)
        assert found.dtype == np.bool_
        assert np.array_equal(found, bits == 0)


def test_each_picture_of_a_binary_file_is_one() -> None:
    first, second = RNG.integers(0, 256, (4, 7, 3)), RNG.integers(0, 2, (3, 10))
    bits = b"P4 10 3\n" + np.packbits(second.astype(np.uint8), axis=1).tobytes()
    file = io.BytesIO(binary("P6", first, 255) + bits + binary("P5", second * 9, 300))
    pictures = read_headers(file)
    assert [picture.mode.name for picture in pictures] == ["RGB", "1", "L/300"]
    samples = [read_samples(file, picture) for picture in pictures]
    assert np.array_equal(samples[0], first)
    assert np.array_equal(samples[1], second == 0) and np.array_equal(samples[2], second * 9)


def test_a_comment_is_named() -> None:
    assert read_header(io.BytesIO(b"P5 1 1 #hello\n255\n ")).lost == (TEXT,)
    assert read_header(io.BytesIO(b"P5 1 1 255\n#")).lost == ()


GREY = binary("P5", np.full((2, 3), 9), 255)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GREY + GREY[:-1], "truncated: 5 bytes where 6"),
        (GREY + b"\0", r"malformed PNM header \(offset 20\)"),
        (text("P2", np.full((2, 3), 9), 255) * 2, "holds 16 words where 6 numbers"),
        (GREY[:-1], "truncated: 5 bytes where 6"),
        (b"P2 2 2 255\n1 2 3", "truncated|words"),
        (b"P2 2 2 255\n1 2 3 x", "4 words where 4 numbers"),
        (b"P2 1 1 255\n-1", "words"),
        (binary("P5", np.full((2, 3), 10), 9), "sample of 10, above its maximum of 9"),
        (text("P2", np.full((2, 3), 300), 255), "sample of 300, above"),
        (text("P2", np.full((1, 1), 10**12), 255), "above its maximum"),
        (b"P5 1 1 0\n\0", "greatest value is 0"),
        (b"P5 1 1 65536\n\0", "greatest value is 65536"),
        (b"P5 0 1 255\n", "0 x 1 pixels"),
        (b"P5 1073741824 1073741824 255\n", "truncated"),
        (b"P5 a b c\n", "malformed PNM header"),
        (b"P5 1 1", "malformed PNM header"),
    ],
)
def test_malformed_or_several(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(data)
