from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, ImageSpec, SideArray

GREY = tuple(range(256))


def pixels(count: int = 3, channels: int = 1, levels: int = 2) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.integers(0, levels, (count, channels, 4, 5), dtype=np.uint8)


@pytest.mark.parametrize(
    ("spec", "channels", "levels", "shape"),
    [
        (ImageSpec("x", "uint8", "nhw", (0, 1)), 1, 2, (3, 4, 5)),
        (ImageSpec("x", "bool", "nhwc", (0, 1)), 3, 2, (3, 4, 5, 3)),
        (ImageSpec("x", "uint8", "nchw", (0, 255)), 1, 2, (3, 1, 4, 5)),
        (ImageSpec("x", "uint8", "nhwc", GREY), 3, 256, (3, 4, 5, 3)),
    ],
)
def test_to_array_restores_dtype_layout_and_values(
    spec: ImageSpec, channels: int, levels: int, shape: tuple[int, ...]
) -> None:
    indexes = pixels(3, channels, levels)
    array = spec.to_array(indexes)
    assert array.dtype == spec.dtype
    assert array.shape == shape
    assert array.flags.c_contiguous
    moved = indexes[:, 0] if spec.layout == "nhw" else indexes
    moved = moved.transpose(0, 2, 3, 1) if spec.layout == "nhwc" else moved
    expected = np.array(spec.values)[moved]
    assert np.array_equal(array.astype(np.int64), expected)


def test_properties_of_a_data_set() -> None:
    spec = ImageSpec("x", "uint8", "nhw", (0, 255))
    data = DataSet(pixels(), spec, (SideArray("y", np.arange(3), True),), 60)
    assert (data.count, data.levels, data.shape) == (3, 2, (1, 4, 5))
    assert data.raw_bytes == 8  # 60 bits
    grey = DataSet(pixels(), ImageSpec("x", "uint8", "nhw", GREY))
    assert grey.raw_bytes == 60


@pytest.mark.parametrize("values", [(), (0,), (1, 0), (0, 0), (-1, 0), (0, 256), (0, True), [0, 1]])
def test_level_values_are_checked(values: Any) -> None:
    with pytest.raises(DataError, match="level values"):
        ImageSpec("x", "uint8", "nhw", values)


@pytest.mark.parametrize(
    "fields",
    [
        ("x", "int8", "nhw", (0, 1)),
        ("x", "uint8", "hwn", (0, 1)),
        ("x", "bool", "nhw", (0, 255)),
        ("x", "uint8", "nhw", (0, 1), -1),
        ("x", "uint8", "nhw", (0, 1), True),
        ("a\0b", "uint8", "nhw", (0, 1)),
        ("\ud800", "uint8", "nhw", (0, 1)),
        ("x" * 65_532, "uint8", "nhw", (0, 1)),
        (7, "uint8", "nhw", (0, 1)),
    ],
)
def test_a_bad_specification_is_refused(fields: Any) -> None:
    with pytest.raises(DataError):
        ImageSpec(*fields)


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
        spec.to_array(bad)
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
