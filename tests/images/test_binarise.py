"""Grey images as binary ones."""

from __future__ import annotations

import numpy as np

from acncodec.images import recognise
from acncodec.images.binarise import binarise, binarised

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


def test_binary_images_stay_as_they_are() -> None:
    data = recognise({"x": (GREY > 100).astype(np.uint8) * np.uint8(255)})
    assert binarised(data, 5) is data
