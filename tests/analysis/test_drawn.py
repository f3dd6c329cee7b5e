"""Images that stand for a set."""

from __future__ import annotations

import mixed_sets
import numpy as np
import pytest
from level_sets import level_array, level_set

from acncodec.analysis.drawn import WINDOW, draw
from acncodec.images import mixed_from_arrays
from acncodec.images.recognised import recognise
from acncodec.images.spaced import spaced


def test_places_are_spread_from_the_first_to_the_last() -> None:
    assert spaced(10, 4).tolist() == [0, 3, 6, 9]
    assert spaced(3, 8).tolist() == [0, 1, 2]
    assert spaced(1, 8).tolist() == [0]


def test_a_small_set_is_drawn_whole() -> None:
    data = level_set("grey", 10, 3)
    drawn = draw(data)
    assert np.array_equal(drawn.images.blocks[0], data.pixels)
    assert (drawn.count, drawn.each, set(drawn.weights)) == (12, 1.0, {1.0})
    mixed = mixed_sets.mixed_set()
    assert draw(mixed).images.keys() == mixed.images.keys()
    assert draw(mixed).shapes == tuple(mixed.images.classes[n].shape for n in mixed.images.members)


def test_of_a_large_set_some_are_drawn_always_the_same() -> None:
    data = level_set("rgb", 50, 3)
    for drawn in (draw(data, images=7), draw(data, samples=7 * 90 + 80)):
        assert np.array_equal(drawn.images.blocks[0], data.pixels[spaced(52, 7)])
        assert drawn.each == 52 / 7
        assert (drawn.weights * 90).sum() == pytest.approx(data.pixels.size)
    assert len(draw(data, samples=1).images) == 1


def test_large_images_are_cut_to_their_middle() -> None:
    array = np.arange(2 * 600 * 520, dtype=np.int64).reshape(2, 600, 520) % 251
    array = array.astype(np.uint8)
    drawn = draw(recognise({"x": array}, layout="nhw"))
    (one,) = drawn.images.classes
    assert one.shape == (1, WINDOW, WINDOW) and drawn.shapes == ((1, 600, 520),) * 2
    assert np.array_equal(drawn.images.blocks[0][:, 0], array[:, 44:556, 4:516])
    assert drawn.weights.tolist() == [600 * 520 / WINDOW**2] * 2


def test_windows_of_several_shapes_may_be_one_class() -> None:
    images = [level_array("grey", 1, at, height, 700)[0] for at, height in enumerate((600, 520, 9))]
    drawn = draw(mixed_from_arrays(images))
    assert sorted(one.shape for one in drawn.images.classes) == [(1, 9, WINDOW), (1, 512, 512)]
    assert [shape[1] for shape in drawn.shapes] == [600, 520, 9]
