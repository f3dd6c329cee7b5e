from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.recognised import recognise

RNG = np.random.default_rng(1)
BITS = RNG.integers(0, 2, (6, 4, 5), dtype=np.uint8)
GREY = RNG.integers(0, 256, (6, 4, 5), dtype=np.uint8)
RGB = RNG.integers(0, 256, (6, 9, 5, 3), dtype=np.uint8)
RGBA = RNG.integers(0, 256, (6, 9, 5, 4), dtype=np.uint8)
GREY[0, 0, 0] = RGB[0, 0, 0] = RGBA[0, 0, 0] = 255
LEVELS = tuple(range(256))
LABELS = np.arange(6)


@pytest.mark.parametrize(
    ("array", "layout", "values"),
    [
        (BITS, "nhw", (0, 1)),
        (BITS * 255, "nhw", (0, 255)),
        (BITS.astype(bool), "nhw", (0, 1)),
        (GREY, "nhw", LEVELS),
        (BITS * 2, "nhw", (0, 2)),
        (BITS * 2 + 1, "nhw", (1, 3)),
        (GREY % 17, "nhw", tuple(range(17))),
        (GREY.astype(np.uint16) * 257, "nhw", tuple(range(65_536))),
        ((GREY.astype(np.uint16) * 257).astype(">u2"), "nhw", tuple(range(65_536))),
        (BITS.astype(np.uint16) * 65_535, "nhw", (0, 65_535)),
        (np.zeros_like(BITS), "nhw", (0, 1)),
        (np.full_like(BITS, 255), "nhw", (0, 255)),
        (RGB, "nhwc", LEVELS),
        (RGB[..., :1], "nhwc", LEVELS),
        (RGB[..., :2], "nhwc", LEVELS),
        (RGBA, "nhwc", LEVELS),
        (RGB.transpose(0, 3, 1, 2), "nchw", LEVELS),
        (RGBA.transpose(0, 3, 1, 2), "nchw", LEVELS),
        (BITS[:0], "nhw", (0, 1)),
        (RGB[:0], "nhwc", (0, 1)),
        (BITS[:, :1, :1], "nhw", (0, 1)),
    ],
)
def test_layout_levels_and_round_trip(
    array: np.ndarray[Any, Any], layout: str, values: tuple[int, ...]
) -> None:
    data = recognise({"pictures": array})
    assert (data.spec.name, data.spec.layout, data.spec.values) == ("pictures", layout, values)
    assert data.pixels.flags.c_contiguous
    assert data.array_bytes == array.nbytes
    back = data.spec.to_array(data.pixels)
    assert back.dtype == array.dtype
    assert np.array_equal(back, array)


@pytest.mark.parametrize(
    "array",
    [
        np.asfortranarray(GREY),
        GREY[::-1, ::2, ::-1],
        np.asfortranarray(BITS.astype(bool)),
        np.broadcast_to(GREY[:1], (6, 4, 5)),
        GREY.astype(np.dtype(">u1")),
    ],
)
def test_any_memory_order_will_do(array: np.ndarray[Any, Any]) -> None:
    data = recognise({"x": array})
    assert np.array_equal(data.spec.to_array(data.pixels), array)


@pytest.mark.parametrize("value", [2**32 - 1, 2**32 - 2, 70_000, 65_535, 1, 0])
def test_a_constant_array_of_any_value_comes_back(value: int) -> None:
    array = np.full((2, 5, 5), value, np.uint32)
    back = recognise({"x": array}).arrays()["x"]
    assert back.dtype == array.dtype and np.array_equal(back, array)


@pytest.mark.parametrize("name", ["x", "images", "x_train", "data"])
def test_a_preferred_name_settles_it(name: str) -> None:
    data = recognise({"a": BITS, "z": GREY, name: BITS})
    assert data.spec.name == name
    assert data.spec.position == 2
    assert [side.name for side in data.side] == ["a", "z"]
    assert len(data.warnings) == 2
    assert "'a' is kept as side data" in data.warnings[0]
    assert "--skip a" in data.warnings[0]


def test_preferred_names_are_tried_in_turn() -> None:
    assert recognise({"data": BITS, "x_train": BITS}).spec.name == "x_train"
    # A preferred name that does not look like images is passed over.
    assert recognise({"x": BITS.astype(float), "data": BITS}).spec.name == "data"


def test_the_only_array_that_looks_like_images() -> None:
    data = recognise({"y": LABELS, "pictures": BITS, "z": BITS.astype(int)})
    assert data.spec.name == "pictures"
    assert data.warnings == ()
    assert [(side.name, side.aligned) for side in data.side] == [("y", True), ("z", True)]


def test_ambiguity_names_the_candidates_and_the_option() -> None:
    with pytest.raises(DataError, match=r"'a' .*'b' .*--images"):
        recognise({"a": BITS, "b": GREY, "y": LABELS})
    assert recognise({"a": BITS, "b": GREY}, images="b").spec.name == "b"


def test_an_ambiguous_layout_needs_the_option() -> None:
    array = RNG.integers(0, 256, (6, 3, 5, 3), dtype=np.uint8)
    with pytest.raises(DataError, match=r"nhwc or nchw.*--layout"):
        recognise({"x": array})
    for layout, shape in (("nhwc", (3, 3, 5)), ("nchw", (3, 5, 3))):
        data = recognise({"x": array}, layout=layout)
        assert data.shape == shape
        assert np.array_equal(data.spec.to_array(data.pixels), array)


@pytest.mark.parametrize(
    ("array", "layout"), [(BITS, "nhwc"), (RGB, "nchw"), (RGB, "nhw"), (BITS, "chaos")]
)
def test_a_layout_that_does_not_fit(array: np.ndarray[Any, Any], layout: str) -> None:
    with pytest.raises(DataError, match=layout):
        recognise({"x": array}, layout=layout)


@pytest.mark.parametrize(
    ("arrays", "images", "message"),
    [
        ({}, None, "no arrays"),
        ({"y": LABELS}, None, r"no array looks like images.*'y' \(int64"),
        ({"x": BITS}, "z", "'z'"),
        ({"x": BITS * np.float32("nan")}, "x", "float32 with entries that are no finite numbers"),
        ({"x": BITS.astype(complex)}, "x", "complex128; images must be integers, bool or floats"),
        ({"x": LABELS.astype(np.uint8)}, "x", "shape"),
        ({"x": np.zeros((6, 9, 5, 5), np.uint8)}, "x", r"shape.*C = 1 to 4"),
        ({"x": BITS[:, :0]}, "x", "shape"),
        ({"x": BITS[:, :0]}, None, "no array looks"),
    ],
)
def test_no_images(arrays: dict[str, Any], images: str | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        recognise(arrays, images=images)


def test_a_bool_array_of_odd_bytes_means_what_numpy_takes_it_for() -> None:
    array = (BITS * 255).view(np.bool_)
    data = recognise({"x": array})
    assert np.array_equal(data.pixels[:, 0], BITS)
    assert data.spec.to_array(data.pixels).tolist() == array.tolist()


def test_alignment_and_its_overrides() -> None:
    arrays: dict[str, Any] = {
        "x": BITS,
        "y": LABELS,
        "table": np.arange(6),
        "short": np.arange(5),
        "scalar": np.array(6),
    }
    data = recognise(arrays, not_aligned=["table"], aligned=["y"])
    found = {side.name: side.aligned for side in data.side}
    assert found == {"y": True, "table": False, "short": False, "scalar": False}


@pytest.mark.parametrize(
    ("aligned", "not_aligned", "message"),
    [
        (["nope"], [], "no such array"),
        ([], ["nope"], "no such array"),
        (["x"], [], "is the image array"),
        (["short"], [], "6 images"),
        (["scalar"], [], "6 images"),
        (["y"], ["y"], "both"),
    ],
)
def test_impossible_overrides(aligned: list[str], not_aligned: list[str], message: str) -> None:
    arrays: dict[str, Any] = {"x": BITS, "y": LABELS, "short": np.arange(5), "scalar": np.array(6)}
    with pytest.raises(DataError, match=message):
        recognise(arrays, aligned=aligned, not_aligned=not_aligned)


def test_zero_images_align_with_empty_arrays() -> None:
    data = recognise({"x": BITS[:0], "y": LABELS[:0], "z": LABELS})
    assert data.count == 0
    assert [side.aligned for side in data.side] == [True, False]
