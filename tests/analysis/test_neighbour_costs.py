"""Neighbours' costs: the right neighbours, never the image itself, and the mean over them."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import blobs, frozen

from acncodec.analysis.costs import FloatModel
from acncodec.analysis.neighbour_costs import nearest_codes, neighbour_kl
from acncodec.errors import DataError


def test_the_nearest_others_nearest_first() -> None:
    codes = np.array([[0.0], [1.0], [3.0], [7.0]])
    assert nearest_codes(codes, 2).tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]


def test_equal_codes_are_neighbours_but_no_code_is_its_own() -> None:
    found = nearest_codes(np.zeros((6, 2)), 3)
    assert found.shape == (6, 3)
    assert (found != np.arange(6)[:, None]).all()


def test_too_few_images() -> None:
    with pytest.raises(DataError, match="3 images are too few for 3 neighbours"):
        nearest_codes(np.zeros((3, 2)), 3)


def test_the_cost_is_the_mean_over_the_neighbours() -> None:
    model = FloatModel(frozen(seed=7))
    images = blobs(30, seed=7)
    noise = np.random.default_rng(0).standard_normal((2, 30, *model.prices.shape))
    samples = model.sample(images, noise)
    near = nearest_codes(samples.codes, 2)
    each = [
        np.stack([model.conditional_kl(z, samples.codes[near[:, place]]) for z in samples.z])
        for place in (0, 1)
    ]
    np.testing.assert_allclose(neighbour_kl(model, samples, 2), (each[0] + each[1]) / 2, rtol=1e-12)
