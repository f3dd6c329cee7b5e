"""Sprite sheets: each thumbnail in its place, exact where there is room."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tiny import blobs

from acncodec.data import bundled
from acncodec.explore import sprites
from acncodec.explore.sprites import Sheets, sprite_sheets
from acncodec.figures.style import to_rgb

RNG = np.random.default_rng(0)


def tile(sheets: Sheets, row: int) -> NDArray[np.uint8]:
    """The thumbnail of an image, (height, width, 3)."""
    sheet, place = divmod(row, sheets.capacity)
    down, across = divmod(place, sheets.columns)
    picture = np.asarray(Image.open(io.BytesIO(sheets.files[sheet])).convert("RGB"))
    high, wide = sheets.height, sheets.width
    return picture[down * high : (down + 1) * high, across * wide : (across + 1) * wide]


@pytest.mark.parametrize("side", [64, 4096])
@pytest.mark.parametrize(
    ("levels", "channels"),
    [(2, 1), (2, 3), (17, 1), (256, 1), (256, 2), (256, 3), (256, 4), (1024, 3)],
)  # fmt: skip
def test_thumbnails_are_the_images(
    monkeypatch: pytest.MonkeyPatch, side: int, levels: int, channels: int
) -> None:
    monkeypatch.setattr(sprites, "LONGEST_SIDE", side)
    pixels = RNG.integers(0, levels, (50, channels, 9, 13)).astype(np.uint16)
    sheets = sprite_sheets(pixels, levels)
    assert sheets.lossless and sheets.media == "image/png"
    assert len(sheets.files) == (2 if side == 64 else 1)
    for row in (0, 27, 28, 49):
        assert np.array_equal(tile(sheets, row), to_rgb(pixels[row], levels))


def test_two_levels_take_one_bit_a_pixel() -> None:
    (file,) = sprite_sheets(blobs(40, 1), 2).files
    assert file[24:26] == bytes([1, 3])  # bit depth 1, by a palette


def test_too_many_bytes_become_lossy_but_like() -> None:
    rows, columns = np.mgrid[:16, :16]
    pixels = np.stack(
        [np.stack([8 * rows + shift, 8 * columns, 120 - 7 * rows]) for shift in range(60)]
    ).astype(np.uint8)
    sheets = sprite_sheets(pixels, 256, lossless_bytes=0)
    assert not sheets.lossless and sheets.media == "image/jpeg" and sheets.shrunk == 1
    for row in (0, 31, 59):
        away = tile(sheets, row).astype(int) - to_rgb(pixels[row], 256)
        assert np.abs(away).mean() < 4


def test_too_many_pixels_are_shrunk() -> None:
    pixels = np.repeat(np.arange(0, 200, 10, dtype=np.uint8), 21 * 30).reshape(20, 1, 21, 30)
    sheets = sprite_sheets(pixels, 256, lossless_bytes=0, lossy_pixels=20 * 7 * 10)
    assert (sheets.shrunk, sheets.height, sheets.width) == (3, 7, 10)
    for row in (0, 7, 19):
        assert np.abs(tile(sheets, row).astype(int) - 10 * row).mean() < 4


def test_images_larger_than_a_sheet_are_shrunk_into_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sprites, "LONGEST_SIDE", 16)
    sheets = sprite_sheets(np.zeros((3, 3, 50, 20), np.uint8), 256)
    assert (sheets.shrunk, sheets.height, sheets.width, len(sheets.files)) == (4, 13, 5, 1)


def test_binarised_digits_take_less_than_fifty_bytes_each() -> None:
    with np.load(bundled()) as arrays:
        digits = arrays["x"][:1000, None]
    assert sum(map(len, sprite_sheets(digits, 2).files)) < 50 * 1000
