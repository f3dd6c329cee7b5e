from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.spec import ImageSpec, check_pixels

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


def test_to_array_restores_sixteen_bits_of_either_byte_order() -> None:
    rng = np.random.default_rng(1)
    deep = rng.integers(0, 65_536, (3, 1, 4, 5)).astype(np.uint16)
    for dtype in ("uint16", ">u2"):
        found = ImageSpec("x", dtype, "nhw", tuple(range(65_536))).to_array(deep)
        assert found.dtype == np.dtype(dtype) and np.array_equal(found, deep[:, 0])
        # Up to 256 levels the indexes are bytes, whatever the array was.
        found = ImageSpec("x", dtype, "nhw", tuple(range(256))).to_array(pixels(levels=256))
        assert found.dtype == np.dtype(dtype)
        assert np.array_equal(found, pixels(levels=256)[:, 0])
        found = ImageSpec("x", dtype, "nhw", (7, 40_000)).to_array(pixels())
        assert found.dtype == np.dtype(dtype)
        assert np.array_equal(found, np.where(pixels()[:, 0], 40_000, 7))


@pytest.mark.parametrize("layout", ["nhwc", "nchw"])
@pytest.mark.parametrize("channels", [1, 2])
def test_one_channel_gives_back_three_that_are_equal(layout: str, channels: int) -> None:
    spec = ImageSpec("x", "uint8", layout, GREY, replicated=3)
    indexes = pixels(3, channels, 256)
    array = spec.to_array(indexes)
    array = array.transpose(0, 3, 1, 2) if layout == "nhwc" else array
    assert np.array_equal(array, indexes[:, [0, 0, 0, 1][: channels + 2]])
    with pytest.raises(DataError):
        spec.to_array(pixels(3, 3, 256))


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        (ImageSpec("x", "uint8", "nhw", (0, 1)), {}),
        (ImageSpec("x", "uint8", "nhw", (0, 255)), {"v": [0, 255]}),
        (ImageSpec("x", "uint8", "nhw", GREY, 3), {"v": 256, "a": 3}),
        (ImageSpec("x", "uint8", "nhw", (0, 7, 9)), {"v": [0, 7, 9]}),
        (ImageSpec("x", "bool", "nchw", (0, 1)), {"d": "bool", "l": "nchw"}),
        (ImageSpec("x", "uint16", "nhw", tuple(range(65_536))), {"d": "uint16", "v": 65_536}),
        (ImageSpec("x", ">u2", "nhw", (0, 65_535)), {"d": ">u2", "v": [0, 65_535]}),
        (
            ImageSpec("x", "uint8", "nhwc", tuple(range(17)), 0, 3),
            {"l": "nhwc", "v": 17, "r": 3},
        ),
    ],
)
def test_json_there_and_back(spec: ImageSpec, fields: dict[str, object]) -> None:
    assert spec.to_json() == {"n": "x", "d": "uint8", "l": "nhw"} | fields
    assert ImageSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


@pytest.mark.parametrize(
    "change",
    [
        {"n": None},
        {"n": 7},
        {"d": "float32"},
        {"l": ["nhw"]},
        {"v": 1},
        {"v": 65_537},
        {"v": "all"},
        {"v": [0, 1.0]},
        {"v": list(range(65_537))},
        {"a": -1},
        {"r": 2},
        {"r": 3},
        {"r": True},
        {"s": 1},
    ],
)
def test_bad_json_is_refused(change: dict[str, object]) -> None:
    fields: dict[str, object] = {"n": "x", "d": "uint8", "l": "nhw"}
    assert ImageSpec.from_json(fields).values == (0, 1)
    with pytest.raises(DataError):
        ImageSpec.from_json(fields | change)
    for key in fields:
        with pytest.raises(DataError, match=f"lack the field '{key}'"):
            ImageSpec.from_json({name: fields[name] for name in fields if name != key})


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
        ("x", "uint8", "nhwc", (0, 1), 0, 2),
        ("x", "uint8", "nhwc", (0, 1), 0, True),
        ("x", "uint8", "nhw", (0, 1), 0, 3),
        ("x", "uint16", "nhw", (0, 65_536)),
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
        pixels(3, 5),
        pixels().astype(np.uint16),
        pixels().astype(np.int64),
        pixels()[:, 0],
        pixels(levels=3),
        pixels()[:, :, :0],
    ],
)
def test_pixels_that_do_not_fit_are_refused(bad: Any) -> None:
    spec = ImageSpec("x", "uint8", "nhw", (0, 1))
    with pytest.raises(DataError):
        check_pixels(bad, spec)
