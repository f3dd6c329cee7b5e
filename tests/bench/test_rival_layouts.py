"""`bench/rival_layouts.py`: each layout holds every pixel once."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from rival_layouts import PICTURES, byte_layouts, mosaic, mosaics, strips


def numbered(count: int, height: int, width: int, channels: int) -> NDArray[np.uint16]:
    """Samples that all differ, none of them 0."""
    size = count * height * width * channels
    return np.arange(1, size + 1, dtype=np.uint16).reshape(count, height, width, channels)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("layout", PICTURES)
@pytest.mark.parametrize("side", [1 << 30, 12, 7])
def test_pictures_hold_every_sample_once(channels: int, layout: str, side: int) -> None:
    pixels = numbered(7, 5, 6, channels)
    pictures = PICTURES[layout](pixels, side)
    assert all(max(picture.shape[:2]) <= side for picture in pictures)
    assert all(picture.shape[2] == channels for picture in pictures)
    samples = np.concatenate([picture.ravel() for picture in pictures])
    assert np.array_equal(np.sort(samples[samples > 0]), pixels.ravel())


@pytest.mark.parametrize("channels", [1, 3])
def test_bytes_hold_every_sample_once(channels: int) -> None:
    pixels = numbered(4, 5, 6, channels)
    for name, layout in byte_layouts(pixels, 1 << 16).items():
        raw = layout()
        if name == "split":
            low, high = np.frombuffer(raw, np.uint8).reshape(2, -1).astype(np.uint16)
            samples = low + 256 * high
        else:
            samples = np.frombuffer(raw, "<u2")
        assert np.array_equal(np.sort(samples), pixels.ravel()), name


def test_a_mosaic_keeps_images_whole_and_ends_blank() -> None:
    pixels = numbered(5, 2, 3, 1)
    picture = mosaic(pixels)
    assert picture.shape == (4, 9, 1)
    tiles = picture.reshape(2, 2, 3, 3, 1).transpose(0, 2, 1, 3, 4).reshape(6, 2, 3, 1)
    assert np.array_equal(tiles[:5], pixels) and not tiles[5].any()


def test_as_few_mosaics_and_strips_as_the_sides_allow() -> None:
    pixels = numbered(10, 5, 5, 1)
    assert [picture.shape for picture in mosaics(pixels, 14)] == [
        (10, 10, 1), (10, 10, 1), (5, 10, 1),
    ]  # fmt: skip
    assert [picture.shape for picture in mosaics(pixels, 20)] == [(15, 20, 1)]
    assert [picture.shape for picture in mosaics(pixels, most=9)] == [(15, 15, 1), (5, 5, 1)]
    assert [picture.shape for picture in strips(pixels, 20)] == [(20, 5, 1), (20, 5, 1), (10, 5, 1)]


def test_binary_bytes_are_packed() -> None:
    pixels = np.zeros((3, 2, 5, 1), np.uint8)
    pixels[0, 0, 0], pixels[2, 1, 4] = 1, 1
    found = {name: layout() for name, layout in byte_layouts(pixels, 2).items()}
    assert found["packed"] == bytes([0x80, 0, 0, 0, 0, 0x40])
    assert found["bytes"] == pixels.tobytes()
    assert found["transposed"] == bytes([0x80, *[0] * 8, 0x20])
    assert found["mosaic"] == bytes([0x80, 0, 0, 0, 0, 0, 0x08, 0])


def test_channels_lie_apart_in_planar_bytes() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    found = byte_layouts(pixels, 256)
    assert found["planar"]() == bytes([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
    assert "planar" not in byte_layouts(pixels[..., :1], 256)
    assert "split" not in found
