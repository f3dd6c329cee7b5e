from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, SideArray
from acncodec.images.spec import ImageSpec

GREY = tuple(range(256))


def pixels(count: int = 3, channels: int = 1, levels: int = 2) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.integers(0, levels, (count, channels, 4, 5), dtype=np.uint8)


def test_properties_of_a_data_set() -> None:
    spec = ImageSpec("x", "uint8", "nhw", (0, 255))
    data = DataSet(pixels(), spec, (SideArray("y", np.arange(3), True),), 60)
    assert (data.count, data.levels, data.shape) == (3, 2, (1, 4, 5))
    assert data.raw_bytes == 8  # 60 bits
    grey = DataSet(pixels(), ImageSpec("x", "uint8", "nhw", GREY))
    assert grey.raw_bytes == 60


@pytest.mark.parametrize(("levels", "bits"), [(2, 1), (3, 2), (17, 5), (256, 8), (257, 9)])
def test_packed_is_whole_bits_a_sample(levels: int, bits: int) -> None:
    spec = ImageSpec("x", "uint16", "nhwc", tuple(range(levels)))
    data = DataSet(np.zeros((2, 4, 5, 7), spec.index_dtype), spec)
    assert (data.levels, data.raw_bytes) == (levels, 2 * 4 * 5 * 7 * bits // 8)


def test_equal_channels_are_counted_once() -> None:
    spec = ImageSpec("x", "uint8", "nhwc", GREY, replicated=3)
    data = DataSet(pixels(), spec)
    assert (data.shape, data.raw_bytes) == ((1, 4, 5), 60)
    assert spec.to_array(data.pixels).shape == (3, 4, 5, 3)


@pytest.mark.parametrize(
    "bad",
    [
        pixels(3, 2),
        pixels(3, 3),
        pixels().astype(np.int64),
        pixels()[:, 0],
        pixels(levels=3),
        pixels()[:, :, :0],
    ],
)
def test_pixels_that_do_not_fit_are_refused(bad: Any) -> None:
    spec = ImageSpec("x", "uint8", "nhw", (0, 1))
    with pytest.raises(DataError):
        DataSet(bad, spec)


def test_parts_that_do_not_fit_together_are_refused() -> None:
    spec = ImageSpec("x", "uint8", "nhw", (0, 1))
    with pytest.raises(DataError, match="contiguous"):
        DataSet(pixels()[:, :, ::2], spec)
    with pytest.raises(DataError, match="cannot follow"):
        DataSet(pixels(), spec, (SideArray("y", np.arange(2), True),))
    with pytest.raises(DataError, match="same name"):
        DataSet(pixels(), spec, (SideArray("x", np.arange(2), False),))
    with pytest.raises(DataError, match="array 1 of 1"):
        DataSet(pixels(), ImageSpec("x", "uint8", "nhw", (0, 1), 1))


def test_side_arrays_are_checked() -> None:
    with pytest.raises(DataError, match="unpickled"):
        SideArray("y", np.array([None, {}]), False)
    with pytest.raises(DataError, match="scalar"):
        SideArray("y", np.array(3), True)
