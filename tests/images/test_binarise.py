"""Grey images as binary ones."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.images.binarise import binarise, binarised
from acncodec.images.recognised import recognise

GREY = np.array([0, 1, 100, 255], np.uint8).repeat(64).reshape(4, 8, 8)


def test_one_draw_replaces_grey_images() -> None:
    data = recognise({"y": np.arange(4), "x": GREY})
    made = binarised(data, 5)
    assert made.levels == 2
    assert np.array_equal(made.pixels[:, 0], binarise(GREY, 5))
    assert made.side[0].name == "y"
    assert (made.pixels[0] == 0).all()
    assert (made.pixels[3] == 1).all()
    assert 0 < made.pixels[2].sum() < 64
    assert np.array_equal(binarised(data, 5).pixels, made.pixels)
    assert not np.array_equal(binarised(data, 6).pixels, made.pixels)


def test_the_draw_has_the_right_frequencies() -> None:
    grey = np.full((100, 100), 51, np.uint8)
    drawn = binarise(grey, seed=1)
    assert drawn.dtype == np.uint8
    assert drawn.mean() == pytest.approx(0.2, abs=0.02)
    assert binarise(grey, seed=1, top=102).mean() == pytest.approx(0.5, abs=0.02)
    assert not binarise(np.zeros((4, 4), np.uint8), 1).any()
    assert binarise(np.full((4, 4), 255, np.uint8), 1).all()


def test_the_greatest_level_is_1_for_certain() -> None:
    for dtype, top in ((np.uint8, 16), (np.uint16, 65_535)):
        grey = (GREY.astype(np.uint32) * top // 255).astype(dtype)
        made = binarised(recognise({"x": grey}), 5)
        assert made.pixels.dtype == np.uint8 and made.spec.dtype == "uint8"
        assert (made.pixels[0] == 0).all() and (made.pixels[3] == 1).all()
        assert 0 < made.pixels[2].sum() < 64


def test_binary_images_stay_as_they_are() -> None:
    data = recognise({"x": (GREY > 100).astype(np.uint8) * np.uint8(255)})
    assert binarised(data, 5) is data
