"""`bench/many_shapes.py`: the sets differ in shapes alone, and ratios are what they are called."""

from __future__ import annotations

import numpy as np
import pytest
from level_sets import tiny_resnet
from many_shapes import case, many_sides, ratios, sets


def test_no_two_shapes_are_alike() -> None:
    sides = many_sides(300, 1)
    assert len(np.unique(sides, axis=0)) == 300 and np.array_equal(sides, many_sides(300, 1))


def test_each_set_has_its_figures() -> None:
    found = case(sets(6, 1), tiny_resnet(1), 1, 1)
    assert [found[name]["shapes"] for name in ("one", "many")] == [1, 6]
    assert {found[name]["images"] for name in found} == {6}
    samples = [found[name]["samples"] for name in ("one", "many")]
    assert samples[1] == pytest.approx(samples[0], rel=0.05)
    for row in found.values():
        assert row["compress_seconds"] > 0 < row["decompress_seconds"]
        assert row["bytes_beside_pixels"] <= row["file_bytes"]


def test_ratios_are_of_time_a_sample_and_bytes_a_shape() -> None:
    one = {
        "shapes": 1, "samples": 100, "compress_seconds": 1.0, "decompress_seconds": 4.0,
        "bytes_beside_pixels": 50.0,
    }  # fmt: skip
    many = {
        "shapes": 11, "samples": 200, "compress_seconds": 3.0, "decompress_seconds": 12.0,
        "bytes_beside_pixels": 90.0,
    }  # fmt: skip
    assert ratios({"one": one, "many": many}) == {
        "compress": 1.5, "decompress": 1.5, "bytes_a_shape": 4.0,
    }  # fmt: skip
