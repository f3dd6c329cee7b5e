"""How stored images lie in bytes: by planes and by pixels."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.container.stored_layout import (
    COLOURS,
    fitting,
    from_bytes,
    pack_samples,
    raw_length,
    to_bytes,
    ways,
)
from acncodec.errors import CorruptionError
from acncodec.images.image_class import ImageClass

COLOUR, DEEP = ImageClass(256, 3, 1, 2), ImageClass(1000, 2, 1, 2)


def test_samples_share_bytes_from_the_highest_bits_on() -> None:
    assert pack_samples(np.array([1, 0, 1], np.uint8), 8).tolist() == [0b10100000]
    assert pack_samples(np.array([3, 1, 2, 0, 1], np.uint8), 4).tolist() == [0b11011000, 0b01000000]
    assert pack_samples(np.array([10, 3, 15], np.uint8), 2).tolist() == [0xA3, 0xF0]


def test_by_pixels_channels_stand_together() -> None:
    block = np.arange(12, dtype=np.uint8).reshape(2, 3, 1, 2)
    assert list(to_bytes(block, 1, by_pixels=False)) == list(range(12))
    assert list(to_bytes(block, 1, by_pixels=True)) == [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]


def test_by_pixels_the_two_bytes_of_a_sample_stand_together() -> None:
    block = np.array([0x102, 0x304, 0x206, 0x108], np.uint16).reshape(1, 2, 1, 2)
    assert list(to_bytes(block, 1, by_pixels=False)) == [2, 4, 6, 8, 1, 3, 2, 1]
    assert list(to_bytes(block, 1, by_pixels=True)) == [2, 1, 6, 2, 4, 3, 8, 1]


@pytest.mark.parametrize("by_pixels", [False, True])
@pytest.mark.parametrize("levels", [2, 3, 4, 5, 16, 17, 255, 256, 257, 65536])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_layout_comes_back(levels: int, channels: int, by_pixels: bool) -> None:
    one = ImageClass(levels, channels, 3, 5)
    block = np.random.default_rng(levels).integers(0, levels, (7, *one.shape))
    block = block.astype(one.index_dtype)
    for shared in fitting(levels):
        raw = np.frombuffer(to_bytes(block, shared, by_pixels=by_pixels), np.uint8)
        assert len(raw) == raw_length(one, 7, shared)
        back = from_bytes(raw, one, 7, shared, by_pixels=by_pixels)
        assert back.dtype == block.dtype and back.flags.c_contiguous
        assert np.array_equal(back, block)


@pytest.mark.parametrize("by_pixels", [False, True])
def test_what_is_no_level_is_refused(by_pixels: bool) -> None:
    with pytest.raises(CorruptionError, match="sample of 2"):
        from_bytes(np.full(9, 2, np.uint8), ImageClass(2, 1, 3, 3), 1, 1, by_pixels=by_pixels)
    spoilt = np.array([0, 1], np.uint8)
    with pytest.raises(CorruptionError, match="bits are set"):
        from_bytes(spoilt, ImageClass(2, 1, 3, 3), 1, 8, by_pixels=by_pixels)
    halves = np.array([1000, 0, 0, 0], "<u2").view(np.uint8)
    if not by_pixels:
        halves = halves.reshape(-1, 2).T.reshape(-1)
    with pytest.raises(CorruptionError, match="sample of 1000"):
        from_bytes(halves, DEEP, 1, 1, by_pixels=by_pixels)


def test_colours_are_four_bytes_red_and_blue_less_green() -> None:
    block = np.array([[10, 0], [20, 255], [5, 1]], np.uint8).reshape(1, 3, 1, 2)
    assert list(to_bytes(block, COLOURS, by_pixels=True)) == [246, 20, 241, 0, 1, 255, 2, 0]
    with_alpha = np.concatenate([block, np.full((1, 1, 1, 2), 9, np.uint8)], axis=1)
    assert list(to_bytes(with_alpha, COLOURS, by_pixels=True)) == [246, 20, 241, 9, 1, 255, 2, 9]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("levels", [2, 200, 256])
def test_colours_come_back(levels: int, channels: int) -> None:
    one = ImageClass(levels, channels, 3, 5)
    block = np.random.default_rng(levels).integers(0, levels, (7, *one.shape)).astype(np.uint8)
    raw = np.frombuffer(to_bytes(block, COLOURS, by_pixels=True), np.uint8)
    assert len(raw) == raw_length(one, 7, COLOURS) == 7 * 15 * 4
    back = from_bytes(raw, one, 7, COLOURS, by_pixels=True)
    assert back.flags.c_contiguous and np.array_equal(back, block)


def test_only_colours_of_one_byte_a_sample_lie_as_such() -> None:
    for channels, levels in ((1, 256), (2, 256), (3, 257), (4, 65_536)):
        assert COLOURS not in ways(ImageClass(levels, channels, 3, 3), by_pixels=True)
    one = ImageClass(256, 3, 3, 3)
    assert ways(one, by_pixels=True) == (1, COLOURS) and ways(one, by_pixels=False) == (1,)


def test_colours_that_are_none_are_refused() -> None:
    with pytest.raises(CorruptionError, match="behind a stored pixel"):
        from_bytes(np.array([0, 0, 0, 1], np.uint8), ImageClass(256, 3, 1, 1), 1, COLOURS,
                   by_pixels=True)  # fmt: skip
    with pytest.raises(CorruptionError, match="sample of 200"):
        from_bytes(np.array([1, 199, 0, 0], np.uint8), ImageClass(200, 3, 1, 1), 1, COLOURS,
                   by_pixels=True)  # fmt: skip
