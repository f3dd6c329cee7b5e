"""The energy test, where it is known what is a Gaussian and what is none."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.analysis.normality import _energy, normality, white
from acncodec.errors import DataError

RNG = np.random.default_rng(5)
GAUSSIAN = RNG.standard_normal((300, 4)) @ RNG.standard_normal((4, 4)) + 7.0
UNIFORM = RNG.uniform(size=(300, 4))
CLUSTERS = RNG.standard_normal((300, 4)) + 6.0 * RNG.integers(0, 2, (300, 1))


def test_a_gaussian_is_not_told_from_one_and_others_are() -> None:
    found = [normality(points, 1) for points in (GAUSSIAN, UNIFORM, CLUSTERS)]
    assert found[0].p_value > 0.05 and found[1].p_value == found[2].p_value == 0.01
    assert 0 <= found[0].share < found[1].share < 1 and found[0].share < found[2].share < 1
    assert (found[0].points, found[0].dimensions) == (300, 4)


def test_where_points_lie_and_how_wide_says_nothing() -> None:
    turn = np.random.default_rng(1).standard_normal((4, 4))
    moved = normality(UNIFORM @ turn * 40.0 - 3.0, 1)
    assert moved.share == pytest.approx(normality(UNIFORM, 1).share, rel=1e-9)


def test_white_points_have_no_mean_and_the_unit_covariance() -> None:
    points = white(CLUSTERS)
    assert np.allclose(points.mean(0), 0) and np.allclose(points.T @ points / 300, np.eye(4))


def test_the_energy_is_that_of_draws() -> None:
    points = RNG.standard_normal((200, 3)) * np.array([2.0, 1.0, 0.3])
    z = RNG.standard_normal((4000, 3))
    across = np.linalg.norm(points[:, None] - z, axis=-1).mean()
    within = np.linalg.norm(points[:, None] - points, axis=-1).mean()
    drawn = np.linalg.norm(z[::2] - z[1::2], axis=-1).mean()
    energy, share = _energy(points)
    assert energy == pytest.approx(2 * across - within - drawn, abs=0.06)
    assert share == pytest.approx(energy / (2 * across), rel=0.03)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (GAUSSIAN[:5], "5 points of 4 dimensions are too few"),
        (GAUSSIAN[:, [0, 1, 1]], "vary in 2 of 3 dimensions alone"),
        (np.ones((9, 2)), "vary in 0 of 2 dimensions alone"),
    ],
)
def test_points_that_have_no_covariance_are_refused(points: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        normality(points, 1)
