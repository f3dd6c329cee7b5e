"""Projections: known axes, fixed signs, seeds."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.analysis.projections import principal_components, tsne
from acncodec.errors import DataError


def test_components_are_the_axes_of_most_variance_with_positive_loadings() -> None:
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((400, 3)) * np.array([1.0, 5.0, 0.1])
    found = principal_components(codes)
    assert np.allclose(found.shares, [25 / 26, 1 / 26], atol=0.02)
    assert np.corrcoef(found.points[:, 0], codes[:, 1])[0, 1] > 0.99
    assert np.corrcoef(found.points[:, 1], codes[:, 0])[0, 1] > 0.99
    assert np.array_equal(principal_components(codes).points, found.points)


def test_too_few_codes_or_dimensions() -> None:
    with pytest.raises(DataError, match="1 codes of 3 dimensions have no 2 axes"):
        principal_components(np.zeros((1, 3)))
    with pytest.raises(DataError, match="30 images are too few for a perplexity of 10"):
        tsne(np.zeros((30, 3)), 10, 0)


def test_tsne_keeps_two_clusters_apart_and_repeats_itself() -> None:
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((40, 3)) + np.where(np.arange(40) < 20, 0, 30)[:, None]
    points = tsne(codes, 5, 1)
    assert np.array_equal(tsne(codes, 5, 1), points)
    inside = max(np.ptp(points[:20], axis=0).max(), np.ptp(points[20:], axis=0).max())
    assert np.linalg.norm(points[:20].mean(0) - points[20:].mean(0)) > 0.5 * inside


def test_solvers_agree_on_the_axes() -> None:
    codes = np.random.default_rng(2).standard_normal((60, 4)) * np.array([3.0, 1.0, 0.5, 0.2])
    exact, fast = (principal_components(codes, 2, name) for name in ("full", "covariance_eigh"))
    assert np.allclose(fast.points, exact.points) and np.allclose(fast.shares, exact.shares)
