"""The nearest earlier images, against plain sorting."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.coding.neighbours import CANDIDATES, NEIGHBOURS, POOL, earlier_neighbours


@pytest.mark.parametrize(("levels", "pixel_weight"), [(2, 0), (2, 3), (2, 255), (256, 200)])
def test_they_are_the_nearest_with_ties_to_the_lower_index(levels: int, pixel_weight: int) -> None:
    rng = np.random.default_rng(levels + pixel_weight)
    codes = rng.integers(-3, 4, (150, 3))  # so coarse that many distances are equal
    pixels = rng.integers(0, levels, (150, 1, 3, 4)).astype(np.uint8)
    found = earlier_neighbours(codes, pixels, levels, pixel_weight)
    assert found.indexes.shape == found.weights.shape == (150, NEIGHBOURS)
    for image in range(150):
        square = ((codes[:image] - codes[image]) ** 2).sum(1).tolist()
        near = sorted(range(image), key=lambda j, square=square: (square[j], j))[:CANDIDATES]
        moved = ((pixels.astype(np.int64) - pixels[image]) ** 2).sum((1, 2, 3)).tolist()
        distance = {j: square[j] + pixel_weight * moved[j] // (levels - 1) ** 2 for j in near}
        ranked = sorted(near, key=lambda j, distance=distance: (distance[j], j))[:NEIGHBOURS]
        assert found.indexes[image].tolist() == ranked + [-1] * (NEIGHBOURS - len(ranked))
        assert (found.weights[image, len(ranked) :] == 0).all()


def test_weights_fall_with_distance_and_rank() -> None:
    codes = np.array([[0], [0], [1], [100], [0]])
    pixels = np.zeros((5, 1, 1, 1), np.uint8)
    weights = earlier_neighbours(codes, pixels, 2, 200).weights[4].tolist()
    # Two at distance 0, one at 1: half the share, to the fourth power; one too far to count.
    assert weights[:4] == [65536 // 4, 65536 // 5, 65536 // 16 // 6, 0]


def test_none_is_further_back_than_the_pool() -> None:
    count = POOL + 3
    codes = np.full((count, 1), 50)
    codes[[0, 1, POOL, POOL + 1]] = 0
    found = earlier_neighbours(codes, np.zeros((count, 1, 1, 1), np.uint8), 2, 0)
    assert found.indexes[POOL, :2].tolist() == [0, 1]
    assert found.indexes[POOL + 1, :2].tolist() == [1, POOL]  # image 0 is one too far back


@pytest.mark.parametrize("count", [0, 1])
def test_few_images_have_none(count: int) -> None:
    codes, pixels = np.zeros((count, 4), np.int64), np.zeros((count, 1, 2, 2), np.uint8)
    assert (earlier_neighbours(codes, pixels, 2, 200).indexes == -1).all()
