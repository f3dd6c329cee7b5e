"""What images are estimated to take stored."""

from __future__ import annotations

import numpy as np

from acncodec.container.stored_costs import stored_costs


def test_costs_are_about_those_of_the_section() -> None:
    rng = np.random.default_rng(4)
    noise = list(rng.integers(0, 2, (60, 1, 28, 28)).astype(np.uint8))
    blank = [np.zeros((1, 28, 28), np.uint8)] * 60
    noisy, flat = stored_costs(noise, 2), stored_costs(blank, 2)
    assert 784 <= noisy.mean() < 1.1 * 784 + 16
    assert flat[1:].mean() < 100 and stored_costs([], 2).shape == (0,)


def test_pixels_that_recur_cost_little() -> None:
    rng = np.random.default_rng(5)
    colours = rng.integers(0, 256, (7, 4), np.uint8)
    few = [np.ascontiguousarray(colours[rng.integers(0, 7, (9, 9))].transpose(2, 0, 1))
           for _ in range(30)]  # fmt: skip
    assert stored_costs(few, 256)[5:].mean() < 81 * 8
    deep = [image.astype(np.uint16) * 257 for image in few]
    assert stored_costs(deep, 65_536)[5:].mean() < 81 * 8
