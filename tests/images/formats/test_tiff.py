"""TIFF: values that tifffile gives as they are stored, or a refusal."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import PALETTE, SAMPLES
from acncodec.images.formats.picture import MEANING, ORIENTATION, Picture, read_samples
from acncodec.images.formats.tiff import read_headers

tifffile = pytest.importorskip("tifffile")
pytest.importorskip("imagecodecs")
Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(6)


def tiff(array: NDArray[Any], **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    plain = {"photometric": "minisblack", "metadata": None, "software": False}
    tifffile.imwrite(file, array, **(plain | options))
    file.seek(0)
    return file


def read_header(file: io.BytesIO) -> Picture:
    (picture,) = read_headers(file)
    return picture


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
    file = tiff(rgba, photometric="rgb", extrasamples=[extra])
    assert np.array_equal(read(file), rgba)
    assert read_header(file).lost == ((MEANING,) if extra == "unspecified" else ())
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


def packed(bits: int, photometric: int, rows: NDArray[np.uint8], more: bytes = b"") -> io.BytesIO:
    """A TIFF of samples of few bits; `more` are entries of the directory, and their content."""
    height, width = rows.shape
    places = np.arange(bits - 1, -1, -1)
    data = np.packbits((rows[..., None] >> places & 1).reshape(height, -1), 1).tobytes()
    numbers = {256: width, 257: height, 258: bits, 259: 1, 262: photometric, 273: 0, 277: 1,
               278: height, 279: len(data)}  # fmt: skip
    count = len(numbers) + (1 if more else 0)
    start = 8 + 2 + 12 * count + 4
    numbers[273] = start
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in numbers.items())
    if more:
        entries += struct.pack("<HHII", 320, 3, len(more) // 2, start + len(data))
    head = b"II*\0" + struct.pack("<IH", 8, count)
    return io.BytesIO(head + entries + bytes(4) + data + more)


@pytest.mark.parametrize("bits", [2, 4])
def test_grey_of_few_bits_keeps_its_levels(bits: int) -> None:
    grey = RNG.integers(0, 1 << bits, (4, 9), np.uint8)
    file = packed(bits, 1, grey)
    assert read_header(file).mode.name == f"L;{bits}"
    assert np.array_equal(read(file), grey)
    assert np.array_equal(read(packed(bits, 0, grey)), (1 << bits) - 1 - grey)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_indexes_come_with_their_palette(bits: int) -> None:
    indexes = RNG.integers(0, 1 << bits, (4, 9), np.uint8)
    palette = RNG.integers(0, 256, (1 << bits, 3), np.uint8)
    for factor in (256, 257):
        colours = (palette.T.astype("<u2") * factor).astype("<u2").tobytes()
        picture = read_header(packed(bits, 3, indexes, colours))
        assert picture.mode.name == (f"P;{bits}" if bits < 8 else "P")
        assert picture.chunks == ((PALETTE, palette.tobytes()), (SAMPLES, b""))
        assert np.array_equal(read(packed(bits, 3, indexes, colours)), indexes)
    with pytest.raises(DataError, match="more than 8 bits a colour"):
        read_header(packed(bits, 3, indexes, b"\1\2" * 3 * (1 << bits)))


def test_each_page_is_a_picture() -> None:
    pages = [noise(np.uint8, 9, 7), noise(np.uint16, 5, 4, 3), noise(np.uint8, 9, 7)]
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for page in pages:
            colours = "minisblack" if page.ndim == 2 else "rgb"
            writer.write(page, photometric=colours, contiguous=False, metadata=None)
    pictures = read_headers(file)
    assert [picture.mode.name for picture in pictures] == ["L", "RGB;16", "L"]
    for page, picture in zip(pages, pictures, strict=True):
        assert np.array_equal(read_samples(file, picture), page)
    stack = noise(np.uint8, 4, 9, 7)  # which libraries take for colours
    file = tiff(stack)
    found = [read_samples(file, picture) for picture in read_headers(file)]
    assert np.array_equal(np.stack(found), stack)


def test_pages_in_a_circle_are_refused() -> None:
    data = bytearray(tiff(noise(np.uint8, 9, 7)).getvalue())
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, first)  # the page after it is itself
    with pytest.raises(DataError, match="go in a circle"):
        read_headers(io.BytesIO(data))


@pytest.mark.parametrize("imagej", [False, True])
def test_pictures_without_a_page_are_never_dropped(imagej: bool) -> None:
    file = io.BytesIO()
    stack = noise(np.uint8, 4, 9, 7)
    tifffile.imwrite(file, stack, photometric="minisblack", truncate=True, imagej=imagej)
    file.seek(0)
    with tifffile.TiffFile(file) as opened:
        assert len(opened.pages) == 1
    with pytest.raises(DataError, match="pictures without pages"):
        read_headers(file)


def test_planes_of_a_stack_without_pages_are_never_dropped() -> None:
    """As MetaMorph writes them (STK): one page, and the further planes behind its own."""
    stack = noise(np.uint8, 3, 9, 9)
    tags = [(33628, 4, 3, (0, 0, 0), True), (33629, 5, 3, (1,) * 6, True)]
    file = tiff(stack[0], extratags=tags)
    file.seek(0, 2)
    file.write(stack[1:].tobytes())
    with pytest.raises(DataError, match="pictures without pages"):
        read_headers(file)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("bigtiff", [False, True])
def test_pages_that_are_cut_off_are_no_shorter_list(byteorder: str, bigtiff: bool) -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file, byteorder=byteorder, bigtiff=bigtiff) as writer:
        for _ in range(3):
            writer.write(noise(np.uint8, 9, 7), contiguous=False, metadata=None)
    assert len(read_headers(file)) == 3
    file.seek(0)
    with tifffile.TiffFile(file) as opened:
        second = opened.pages[1].offset
    file.truncate(second)
    with pytest.raises(DataError, match="leads out of the file"):
        read_headers(file)


def test_the_orientation_turns_nothing_and_is_named() -> None:
    grey = noise(np.uint8, 9, 7)
    file = tiff(grey, extratags=[(274, 3, 1, 6, True)], description="hello")
    picture = read_header(file)
    assert picture.lost == (ORIENTATION,)
    assert picture.chunks == (
        (b"iTXt", b"ImageDescription\0\0\0\0\0hello"), (SAMPLES, b"")
    )  # fmt: skip
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
        (noise(np.uint8, 9, 7).view(np.int8), {}, "sample format 2"),
        (noise(np.uint32, 9, 7), {}, "32 bits a sample"),
        (np.zeros((9, 7), np.float32), {}, "32 bits a sample"),
        (noise(np.uint8, 16, 16, 3), {"photometric": "ycbcr"}, "grey, RGB or"),
        (noise(np.uint8, 16, 16), {"compression": "jpeg"}, "may be lossy"),
        (
            noise(np.uint8, 9, 7, 4),
            {"photometric": "rgb", "extrasamples": ["assocalpha"]},
            "multiplied by alpha",
        ),
        (noise(np.uint8, 9, 7, 5), {"photometric": "rgb"}, "5 samples a pixel"),
    ],
)  # fmt: skip
def test_what_is_refused(array: NDArray[Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_header(tiff(array, **options))
