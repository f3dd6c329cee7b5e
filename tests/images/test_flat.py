from __future__ import annotations

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.flat import is_size, may_be_rows, row_layout
from acncodec.images.recognised import recognise

ROWS = np.random.default_rng(0).integers(0, 256, (5, 48), dtype=np.uint8)


@pytest.mark.parametrize("text", ["28x28", "1x1", "3x32x32", "32x32x3"])
def test_sizes(text: str) -> None:
    assert is_size(text)


@pytest.mark.parametrize("text", ["28", "28x", "0x3", "nhw", "28X28", "1x2x3x4", "٣x٣", "28x28 "])
def test_what_is_no_size(text: str) -> None:
    assert not is_size(text)


def test_a_square_is_seen_and_short_rows_are_not() -> None:
    assert may_be_rows((9, 784), None) and may_be_rows((9, 16), None)
    assert not may_be_rows((9, 9), None) and not may_be_rows((9, 783), None)
    assert may_be_rows((9, 783), "27x29") and not may_be_rows((9, 784), "27x29")
    assert may_be_rows((9, 9), "3x3") and not may_be_rows((9,), "3x3")


@pytest.mark.parametrize(
    ("layout", "wanted"),
    [
        ("6x8", ("nhw", (6, 8))),
        ("4x4x3", ("nhwc", (4, 4, 3))),
        ("3x4x4", ("nchw", (3, 4, 4))),
        ("4x6x2", ("nhwc", (4, 6, 2))),
    ],
)
def test_a_size_says_the_axes(layout: str, wanted: tuple[str, tuple[int, ...]]) -> None:
    assert row_layout("x", ROWS.shape, layout) == wanted
    data = recognise({"x": ROWS}, layout=layout)
    assert data.spec.layout == wanted[0]
    assert np.array_equal(data.arrays()["x"], ROWS) and data.arrays()["x"].shape == ROWS.shape


@pytest.mark.parametrize(
    ("shape", "layout", "message"),
    [
        ((5, 48), None, r"48 entries: say what an image is with --layout HxWxC, such as 4x4x3 .*"),
        ((5, 47), None, "--layout HxW, such as 28x28"),
        ((5, 49), "nhw", "--layout HxW"),
        ((5, 48), "7x7", "an image of 7x7 has 49"),
        ((5, 125), "5x5x5", "1 to 4"),
        ((5,), "5x5", "rows of 1 entries"),
    ],
)
def test_what_does_not_fit(shape: tuple[int, ...], layout: str | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        row_layout("x", shape, layout)


def test_images_come_before_rows_and_bytes_before_other_types() -> None:
    images = ROWS.reshape(5, 6, 8)
    for other in (ROWS[:, :16], images.astype(np.int64), images / 255):
        data = recognise({"a": other, "b": images})
        assert data.spec.name == "b" and data.warnings == ()
    assert recognise({"a": ROWS[:, :16], "b": images / 255}).spec.name == "b"
    assert recognise({"a": images / 255, "b": images.astype(np.int64)}).spec.name == "b"


def test_rows_that_are_no_square_and_unnamed_are_no_images() -> None:
    with pytest.raises(DataError, match=r"no array looks like images.*--layout HxW"):
        recognise({"x": ROWS})
    with pytest.raises(DataError, match="48 entries: say what an image is"):
        recognise({"x": ROWS}, images="x")


def test_a_size_may_be_given_for_any_shape_of_that_size() -> None:
    array = ROWS.reshape(5, 48, 1)
    data = recognise({"x": array}, layout="6x8")
    assert data.shape == (1, 6, 8)
    assert data.arrays()["x"].shape == (5, 48, 1)
