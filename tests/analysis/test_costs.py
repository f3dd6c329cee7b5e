"""The float model's costs, in a schedule and over samples."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import blobs

from acncodec.analysis.costs import FloatModel, mean_and_error, tour_parents
from acncodec.models.frozen import FrozenModel


def test_schedule_kl_mixes_both_priors(tiny_model: FrozenModel) -> None:
    floats = FloatModel(tiny_model)
    pixels = blobs(6, 1)
    samples = floats.sample(pixels, np.random.default_rng(0).standard_normal((2, 6, 4)))
    parents = tour_parents(np.array([3, 1, 0, 2, 5, 4]))
    assert parents.tolist() == [1, 3, 0, -1, 5, 2]
    kl = floats.schedule_kl(samples, parents)
    assert np.array_equal(kl[:, 3], samples.unconditional_kl_nats[:, 3])
    one = floats.conditional_kl(samples.z[1, :1], samples.codes[1:2])
    assert kl[1, 0] == pytest.approx(one[0])


def test_standard_error_is_over_samples() -> None:
    mean, error = mean_and_error(np.array([[1.0, 3.0], [3.0, 5.0]]))
    assert (mean, error) == (3.0, pytest.approx(1.0))
