"""Levels told piece by piece, and equal channels found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.images.levels import LevelScan, level_indexes, to_nchw
from acncodec.images.recognised import recognise

RNG = np.random.default_rng(0)
BITS = RNG.integers(0, 2, (9, 4, 5), np.uint8)
BITS[0, 0, :2] = 0, 1


def scanned(array: NDArray[Any], layout: str, step: int) -> LevelScan:
    scan = LevelScan(layout)
    for start in range(0, len(array), step):
        scan.add(array[start : start + step])
    return scan


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.dtype(">u2")])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0, 1), (0, 1)),
        ((0, 0), (0, 1)),
        ((1, 1), (0, 1)),
        ((0, 255), (0, 255)),
        ((255, 255), (0, 255)),
        ((1, 3), (1, 3)),
        ((0, 254), (0, 254)),
        ((7, 7), (0, 7)),
        ((3, 4), (3, 4)),
    ],
)
def test_any_two_values_are_two_levels(
    dtype: Any, values: tuple[int, int], expected: tuple[int, ...]
) -> None:
    array = np.array(values)[BITS].astype(dtype)
    for step in (1, 2, 9):
        assert scanned(array, "nhw", step).values() == expected
    data = recognise({"x": array})
    assert (data.levels, data.raw_bytes) == (2, -(-BITS.size // 8))
    assert np.array_equal(data.spec.to_array(data.pixels), array)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_more_values_are_as_many_levels_as_the_largest_says(order: list[int]) -> None:
    array = np.array([3, 9, 5], np.uint8)[order][:, None, None].repeat(4, 1).repeat(4, 2)
    for step in (1, 2, 3):
        assert scanned(array, "nhw", step).values() == tuple(range(10))


def test_the_levels_of_no_image_are_two() -> None:
    scan = LevelScan("nhwc")
    scan.add(np.zeros((0, 4, 4, 3), np.uint8))
    assert (scan.values(), scan.replicated) == ((0, 1), 1)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("layout", ["nhwc", "nchw"])
def test_equal_colours_are_one_channel(channels: int, layout: str) -> None:
    array = RNG.integers(0, 256, (300, 5, 6, channels), np.uint8)
    array[..., :3] = array[..., :1]
    spoiled = array.copy()
    spoiled[299, 4, 5, 1] ^= 1
    for given, replicated in ((array, 3), (spoiled, 1)):
        turned = given if layout == "nhwc" else np.ascontiguousarray(np.moveaxis(given, -1, 1))
        for step in (7, 300):
            assert scanned(turned, layout, step).replicated == replicated
        data = recognise({"x": turned}, layout=layout)
        assert data.spec.replicated == replicated
        assert data.shape == (channels - replicated + 1, 5, 6)
        assert np.array_equal(data.spec.to_array(data.pixels), turned)


def test_indexes_are_bytes_up_to_256_levels() -> None:
    for highest, dtype in ((255, np.uint8), (256, np.uint16)):
        array = RNG.integers(0, 256, (3, 4, 5)).astype(">u2")
        array[0, 0, 0] = highest
        data = recognise({"x": array})
        assert data.pixels.dtype == dtype and data.pixels.dtype.isnative
        assert np.array_equal(data.pixels[:, 0], array)
        assert np.array_equal(level_indexes(to_nchw(array, "nhw"), data.spec), data.pixels)
