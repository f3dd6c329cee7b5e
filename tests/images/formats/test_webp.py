"""WebP: lossless ones are taken."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import SAMPLES
from acncodec.images.formats.picture import Picture, read_samples
from acncodec.images.formats.webp import read_headers

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(5)


def webp(array: NDArray[Any], **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    Image.fromarray(array).save(file, "WEBP", **({"lossless": True, "exact": True} | options))
    file.seek(0)
    return file


def read_header(file: io.BytesIO) -> Picture:
    (picture,) = read_headers(file, False)
    return picture


@pytest.mark.parametrize("channels", [3, 4])
def test_lossless_pictures(channels: int) -> None:
    array = RNG.integers(0, 256, (9, 17, channels), np.uint8)
    file = webp(array)
    picture = read_header(file)
    assert (picture.height, picture.width, picture.channels) == (9, 17, channels)
    assert np.array_equal(read_samples(file, picture), array)


def test_an_alpha_that_is_full_everywhere_is_none() -> None:
    array = RNG.integers(0, 256, (9, 17, 4), np.uint8)
    array[..., 3] = 255
    file = webp(array)
    assert np.array_equal(read_samples(file, read_header(file)), array[..., :3])


def test_profile_exif_and_xmp_are_kept() -> None:
    array = RNG.integers(0, 256, (9, 17, 3), np.uint8)
    exif = b"MM\0*\0\0\0\x08\0\0"
    file = webp(array, icc_profile=b"profile", exif=b"Exif\0\0" + exif, xmp=b"<x/>")
    picture = read_header(file)
    (icc, profile), *others = picture.chunks
    assert icc == b"iCCP" and zlib.decompress(profile[13:]) == b"profile"
    assert others == [
        (b"eXIf", exif), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"), (SAMPLES, b"")
    ]  # fmt: skip
    assert np.array_equal(read_samples(file, picture), array)


@pytest.mark.parametrize("channels", [3, 4])
def test_lossy_ones_are_taken_only_where_that_is_wanted(channels: int) -> None:
    array = RNG.integers(0, 256, (9, 17, channels), np.uint8)
    file = webp(array, lossless=False)
    with pytest.raises(DataError, match=r"lossy WebP.*--decode-jpeg"):
        read_headers(file, False)
    (picture,) = read_headers(file, True)
    assert picture.lossy and picture.shape == (9, 17, channels)
    with Image.open(file) as image:
        assert np.array_equal(read_samples(file, picture), np.asarray(image))


def test_animated_ones_are_refused() -> None:
    array = RNG.integers(0, 256, (9, 17, 3), np.uint8)
    more = [Image.fromarray(array[::-1].copy())]
    with pytest.raises(DataError, match="several pictures"):
        read_header(webp(array, save_all=True, append_images=more))


def test_malformed() -> None:
    data = webp(RNG.integers(0, 256, (9, 17, 3), np.uint8)).getvalue()
    with pytest.raises(DataError, match="without a picture"):
        read_header(io.BytesIO(data[:12]))
    with pytest.raises(DataError, match="without a picture"):
        read_header(io.BytesIO(data[:20] + b"\0" + data[21:]))
