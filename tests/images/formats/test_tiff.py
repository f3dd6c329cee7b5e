"""TIFF: values that tifffile gives as they are stored, or a refusal."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.picture import ORIENTATION, TEXT, read_samples
from acncodec.images.formats.tiff import read_header

tifffile = pytest.importorskip("tifffile")
pytest.importorskip("imagecodecs")
Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(6)


def tiff(array: NDArray[Any], **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    plain = {"photometric": "minisblack", "metadata": None}
    tifffile.imwrite(file, array, **(plain | options))
    file.seek(0)
    return file


def read(file: io.BytesIO) -> NDArray[Any]:
    file.seek(0)
    return read_samples(file, read_header(file))


def noise(dtype: Any, *shape: int) -> NDArray[Any]:
    return RNG.integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "packbits", "zstd"])
def test_grey_and_colours(dtype: Any, byteorder: str, compression: str | None) -> None:
    options = {"byteorder": byteorder, "compression": compression}
    grey, rgb = noise(dtype, 9, 7), noise(dtype, 9, 7, 3)
    assert np.array_equal(read(tiff(grey, **options)), grey)
    assert np.array_equal(read(tiff(rgb, photometric="rgb", **options)), rgb)
    # Pillow takes 16-bit planes for bytes of pixels.
    planes = np.ascontiguousarray(np.moveaxis(rgb, -1, 0))
    file = tiff(planes, photometric="rgb", planarconfig="separate", **options)
    found = read(file)
    assert found.dtype == dtype and np.array_equal(found, rgb)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("extra", ["unassalpha", "unspecified"])
def test_a_further_sample_is_kept(dtype: Any, extra: str) -> None:
    rgba, grey = noise(dtype, 9, 7, 4), noise(dtype, 9, 7, 2)
    found = read(tiff(rgba, photometric="rgb", extrasamples=[extra]))
    assert np.array_equal(found, rgba)
    found = read(tiff(grey, planarconfig="contig", extrasamples=[extra]))
    assert np.array_equal(found, grey)


@pytest.mark.parametrize("compression", ["raw", "group3", "group4", "tiff_ccitt", "packbits"])
def test_one_bit_is_white_where_it_is_true(compression: str) -> None:
    bits = RNG.integers(0, 2, (9, 21)).astype(bool)
    file = io.BytesIO()
    Image.fromarray(bits).save(file, "TIFF", compression=compression)
    found = read(file)
    assert found.dtype == np.bool_ and np.array_equal(found, bits)


def test_where_zero_is_white_it_is_turned() -> None:
    grey = noise(np.uint16, 9, 7)
    assert np.array_equal(read(tiff(grey, photometric="miniswhite")), 65_535 - grey)
    small = noise(np.uint8, 9, 7)
    assert np.array_equal(read(tiff(small, photometric="miniswhite")), 255 - small)
    bits = RNG.integers(0, 2, (9, 21)).astype(bool)
    assert np.array_equal(read(tiff(bits, photometric="miniswhite")), ~bits)


def test_the_orientation_turns_nothing_and_is_named() -> None:
    grey = noise(np.uint8, 9, 7)
    file = tiff(grey, extratags=[(274, 3, 1, 6, True)], description="hello")
    picture = read_header(file)
    assert picture.lost == (TEXT, ORIENTATION)
    assert np.array_equal(read_samples(file, picture), grey)


@pytest.mark.parametrize("tag", [273, 279])  # offsets, and numbers of bytes
@pytest.mark.parametrize("value", [0, 1 << 30])
def test_a_part_that_is_not_there_is_no_zeros(tag: int, value: int) -> None:
    grey = noise(np.uint8, 64, 50)
    file = tiff(grey, rowsperstrip=16, compression="zlib", bigtiff=True)
    with tifffile.TiffFile(file) as opened:
        found = opened.pages[0].tags[tag]
        assert found.count == 4
        place, size = found.valueoffset, 8 if found.dtype == 16 else 4
    data = bytearray(file.getvalue())
    data[place + size : place + 2 * size] = value.to_bytes(size, "little")
    with pytest.raises(DataError, match="part of the TIFF is missing"):
        read_header(io.BytesIO(data))


@pytest.mark.parametrize(
    ("array", "options", "message"),
    [
        (noise(np.uint8, 2, 9, 7), {}, "several pictures"),
        (noise(np.uint8, 9, 7).view(np.int8), {}, "sample format 2"),
        (noise(np.uint32, 9, 7), {}, "32 bits a sample"),
        (np.zeros((9, 7), np.float32), {}, "32 bits a sample"),
        (noise(np.uint8, 16, 16, 3), {"photometric": "ycbcr"}, "grey or RGB"),
        (noise(np.uint8, 16, 16), {"compression": "jpeg"}, "may be lossy"),
        (
            noise(np.uint8, 9, 7, 4),
            {"photometric": "rgb", "extrasamples": ["assocalpha"]},
            "multiplied by alpha",
        ),
        (noise(np.uint8, 9, 7, 5), {"photometric": "rgb"}, "5 samples a pixel"),
        (
            noise(np.uint8, 9, 7),
            {"photometric": "palette", "colormap": noise(np.uint16, 3, 256)},
            "grey or RGB",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(array: NDArray[Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_header(tiff(array, **options))
