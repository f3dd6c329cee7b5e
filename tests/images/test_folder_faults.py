"""Pictures that widely used readers change without a word: kept as they are, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import GREY as GREY_TYPE
from pictures import RGB as RGB_TYPE
from pictures import bmp, png

from acncodec.errors import DataError
from acncodec.images.folder import load_folder

Image = pytest.importorskip("PIL.Image")
tifffile = pytest.importorskip("tifffile")
pytest.importorskip("imagecodecs")
RNG = np.random.default_rng(7)
GREY = RNG.integers(0, 256, (6, 8), np.uint8)
RGB = RNG.integers(0, 256, (6, 8, 3), np.uint8)
DEEP = RNG.integers(0, 65_536, (6, 8, 3)).astype(np.uint16)
PLAIN = {"metadata": None, "software": False}


def only(folder: Path) -> tuple[np.ndarray, dict[str, Any], tuple[str, ...]]:
    arrays, warnings = load_folder(folder)
    assert len(arrays["x"]) == 1
    return arrays["x"][0], arrays, warnings


@pytest.mark.parametrize(("samples", "colour", "key"), [
    (GREY, GREY_TYPE, b"\0\7"), (RGB, RGB_TYPE, b"\0\1\0\2\0\3"),
])  # fmt: skip
def test_a_transparent_colour_is_not_dropped(
    tmp_path: Path, samples: np.ndarray, colour: int, key: bytes
) -> None:
    (tmp_path / "a.png").write_bytes(png(samples, 8, colour, [(b"tRNS", key)]))
    found, arrays, _ = only(tmp_path)
    assert np.array_equal(found, samples)
    assert b"tRNS" + key in arrays["chunks"].tobytes()


@pytest.mark.parametrize("bits", [2, 4])
def test_grey_of_few_bits_is_not_spread(tmp_path: Path, bits: int) -> None:
    samples = GREY >> (8 - bits)
    (tmp_path / "a.png").write_bytes(png(samples, bits, GREY_TYPE))
    with Image.open(tmp_path / "a.png") as image:
        assert not np.array_equal(np.asarray(image), samples)  # Pillow spreads it
    found, arrays, _ = only(tmp_path)
    assert np.array_equal(found, samples) and arrays["modes"].tolist() == [f"L;{bits}"]


@pytest.mark.parametrize("maximum", [100, 1000])
def test_pnm_of_another_maximum_is_neither_spread_nor_cut(tmp_path: Path, maximum: int) -> None:
    samples = (DEEP % (maximum + 1)).astype(">u2" if maximum > 255 else np.uint8)
    (tmp_path / "a.ppm").write_bytes(b"P6 8 6 %d\n" % maximum + samples.tobytes())
    found, arrays, _ = only(tmp_path)
    assert np.array_equal(found, samples) and arrays["modes"].tolist() == [f"RGB/{maximum}"]


def test_of_several_pnm_none_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.pgm").write_bytes((b"P5 8 6 255\n" + GREY.tobytes()) * 3)
    arrays, _ = load_folder(tmp_path)
    assert np.array_equal(arrays["x"], np.stack([GREY] * 3))
    text = b"P2 1 1 255\n7\n"
    (tmp_path / "a.pgm").write_bytes(text * 2)
    with pytest.raises(DataError, match="several pictures as text"):
        load_folder(tmp_path)


def test_a_fourth_byte_of_bmp_is_not_dropped(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 256, (6, 8, 4), np.uint8)
    (tmp_path / "a.bmp").write_bytes(bmp(pixels.tobytes(), 8, 6, 32))
    with Image.open(tmp_path / "a.bmp") as image:
        assert image.mode == "RGB"  # Pillow drops it
    with pytest.raises(DataError, match=r"'a\.bmp'.*fourth byte.*PNG"):
        load_folder(tmp_path)


def test_signed_samples_are_not_taken_for_unsigned_ones(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GREY.view(np.int8), photometric="minisblack", **PLAIN)
    with pytest.raises(DataError, match=r"'a\.tif'.*sample format 2"):
        load_folder(tmp_path)


def test_planes_of_16_bits_are_not_read_as_bytes(tmp_path: Path) -> None:
    planes = np.ascontiguousarray(np.moveaxis(DEEP, -1, 0))
    tifffile.imwrite(
        tmp_path / "a.tif", planes, photometric="rgb", planarconfig="separate", **PLAIN
    )
    assert np.array_equal(only(tmp_path)[0], DEEP)


def test_a_further_sample_is_not_dropped(tmp_path: Path) -> None:
    more = np.concatenate([RGB, GREY[..., None]], 2)
    tifffile.imwrite(
        tmp_path / "a.tif", more, photometric="rgb", extrasamples=["unspecified"], **PLAIN
    )
    found, _, warnings = only(tmp_path)
    assert np.array_equal(found, more)
    assert "taken for alpha, which is not kept" in warnings[0]


def test_an_orientation_turns_neither_tiff_nor_png(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(GREY).save(tmp_path / "a.tif", exif=exif)
    Image.fromarray(GREY).save(tmp_path / "b.png", exif=exif)
    arrays, warnings = load_folder(tmp_path)
    assert np.array_equal(arrays["x"], np.stack([GREY, GREY]))
    assert warnings == ("1 images have an orientation (nothing is turned), which is not kept",)
    assert b"eXIf" in arrays["chunks"].tobytes()  # that of the PNG comes back


def test_jpeg_within_tiff_is_not_taken(tmp_path: Path) -> None:
    square = RNG.integers(0, 256, (16, 16), np.uint8)
    tifffile.imwrite(
        tmp_path / "a.tif", square, photometric="minisblack", compression="jpeg", **PLAIN
    )
    with pytest.raises(DataError, match=r"'a\.tif'.*may be lossy"):
        load_folder(tmp_path)
