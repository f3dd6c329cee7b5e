"""Planes: components and t-SNE of features, however few or alike they are."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.analysis.projections import principal_components
from acncodec.explore import planes
from acncodec.explore.planes import planes_of

RNG = np.random.default_rng(0)
CODES = RNG.integers(-40, 40, (60, 5)) * np.array([4, 3, 2, 1, 1])


def test_the_first_plane_is_of_the_first_two_components() -> None:
    first, second = planes_of(CODES, 1)
    assert np.allclose(first.points, principal_components(CODES).points, atol=1e-3)
    assert first.name == "PCA" and first.axes is not None
    assert all("of the variance" in axis for axis in first.axes)
    assert (second.name, second.axes) == ("t-SNE", None)
    assert second.points.shape == (60, 2) and second.points.dtype == np.float32


def test_the_seed_decides() -> None:
    again = [planes_of(CODES, 1)[1].points for _ in range(2)]
    assert np.array_equal(*again)


def test_of_many_dimensions_tsne_sees_the_first_components(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planes, "MOST_DIMENSIONS", 3)
    wide = np.concatenate([CODES * 50, RNG.integers(0, 2, (60, 30))], 1)
    seen = []
    monkeypatch.setattr(planes, "tsne", lambda points, *_: seen.append(points) or points[:, :2])
    planes_of(wide, 0)
    assert [points.shape for points in seen] == [(60, 3)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_few_images_have_a_plane_too(count: int) -> None:
    found = planes_of(CODES[:count], 0)
    assert [plane.name for plane in found] == ["PCA", "t-SNE"][: 1 + (count >= 4)]
    assert all(np.isfinite(plane.points).all() for plane in found)


def test_one_dimension_is_a_line() -> None:
    first, second = planes_of(CODES[:, :1], 0)
    assert np.ptp(first.points[:, 0]) > 0 and not first.points[:, 1].any()
    assert np.isfinite(second.points).all()


@pytest.mark.parametrize("features", [np.full((9, 3), 7), np.zeros((9, 0), np.int64)])
def test_images_that_are_alike_lie_in_one_place(features: np.ndarray) -> None:
    (plane,) = planes_of(features, 0)
    assert plane.points.shape == (9, 2) and not plane.points.any()
